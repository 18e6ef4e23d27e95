import { expect, it } from 'vitest'
import { journals } from '../support/journals.ts'
import { runContext } from '../support/run-context.ts'
import { promptsRun, simulatedWorld } from '../support/simulated-world.ts'

/** What a run asks of the world once it has begun, in order: a HIGH, LOW, HIGH, LOW, two combine jobs, the film and its manifest. */
const asked = [
  ...['comfyui POST /prompt', 'comfyui GET /history'],
  ...['comfyui POST /prompt', 'comfyui GET /history', 'comfyui GET /view', 'comfyui POST /upload/image'],
  ...['comfyui POST /prompt', 'comfyui GET /history'],
  ...['comfyui POST /prompt', 'comfyui GET /history', 'comfyui GET /view'],
  ...['comfyui POST /prompt', 'comfyui GET /history'],
  ...['comfyui POST /prompt', 'comfyui GET /history', 'comfyui GET /view'],
  ...['gcs POST /upload', 'gcs PUT /upload', 'gcs GET /o'],
  ...['gcs POST /upload', 'gcs PUT /upload', 'gcs GET /o'],
]

/** Before each request, and behind each that changes something, so that what it has changed is not known here. */
const deaths = asked.flatMap((line, index) =>
  [false, true]
    .filter((isAnswered) => !isAnswered || / P(OS|U)T /.test(line))
    .map((isAnswered) => ({ number: index + 1, line, isAnswered, when: isAnswered ? 'behind' : 'before' })),
)

it('asks what there are moments to die at for', async () => {
  const world = await simulatedWorld()
  await runContext().live(world)
  // A machine that is very busy looks for an outcome twice.
  const begun = world.asked.slice(world.asked.indexOf(asked[0]!)).filter((line, index, all) => line !== all[index - 1])
  const short = begun.map((line) => line.replace(/(\/history|\/upload|\/o)\/.*(?<!image)$/, '$1'))
  expect(short.map((line) => line.replace('/storage/v1/b/films', ''))).toEqual(asked)
})

it.each(deaths)(
  'pays for nothing twice and finishes when the machine dies $when request $number, $line',
  async ({ number, isAnswered }) => {
    const world = await simulatedWorld()
    const context = runContext()
    let count = 0
    const diesAt = (request: string, answered: boolean) => {
      if (!answered && (count > 0 || request === asked[0])) count += 1
      return count === number && answered === isAnswered
    }
    await context.start(world, [], { diesAt }).ended
    const [name = ''] = Object.keys(journals(context.outputDir))
    const { exitCode, stderr } = await context.live(world, ['--resume', name])
    expect(`${exitCode} ${stderr}`).toBe('0 ')
    expect(await promptsRun(world)).toBe(6)
    expect(context.journal(name).at(-1)).toMatchObject({ kind: 'run-finished', ok: true })
  },
)
