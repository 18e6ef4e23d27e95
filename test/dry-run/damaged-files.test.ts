import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { decoded } from '../support/film.ts'
import { journals } from '../support/journals.ts'
import { runContext } from '../support/run-context.ts'
import { faultyWorld, promptsSent, simulatedWorld } from '../support/simulated-world.ts'

type Damage = (bytes: Buffer) => Buffer

const damages: ReadonlyArray<[string, Damage]> = [
  ['empty', () => Buffer.alloc(0)],
  ['cut', (bytes) => bytes.subarray(0, bytes.length / 2)],
  ['something else', () => Buffer.from('<html>no</html>')],
]

/**
 * A live run of two chunks (HIGH and LOW 1 to 4, combine 5 and 6) whose server refuses its prompt number `refused`, and from then on
 * gives files whose names match as `damage` makes them, those of the first attempts only.
 */
async function stopped(refused: number, wanted: RegExp, damage: Damage) {
  const context = runContext()
  let prompts = 0
  const world = await simulatedWorld((service, http) => async (request) => {
    const { pathname, searchParams } = new URL(request.url)
    const isPrompt = service === 'comfyui' && request.method === 'POST' && pathname === '/prompt'
    if (isPrompt) prompts += 1
    if (isPrompt && prompts === refused) return new Response('', { status: 500 })
    const response = await http(request)
    const name = `${searchParams.get('subfolder')}/${searchParams.get('filename')}`
    if (prompts < refused || pathname !== '/view' || !wanted.test(name) || response.status !== 200) return response
    const whole = await http(new Request(request.url))
    const bytes = damage(Buffer.from(await whole.arrayBuffer()))
    const headers = { 'content-length': String(bytes.length), 'content-type': 'application/octet-stream' }
    return new Response(request.method === 'HEAD' ? null : bytes, { headers })
  })
  const flags = ['--no-upload', '--max-retries', '0']
  const first = await context.live(world, flags)
  expect(first.exitCode).toBe(1)
  const name: string = first.summary.run_name
  return {
    folder: context.outputDir,
    world,
    async resume() {
      const { length } = journals(context.outputDir)[name]!
      const { exitCode, stderr } = await context.live(world, [...flags, '--resume', name])
      const events = journals(context.outputDir)[name]!.slice(length)
      const started = events.filter(({ kind }) => kind === 'job-started')
      expect(decoded(join(context.outputDir, 'final/otter.mp4')).frames, stderr).toBe(24)
      return { exitCode, sent: started.map(({ workflow }) => workflow) }
    },
  }
}

it.each(damages)('makes a latent again that is %s on the server', async (_, damage) => {
  const { resume } = await stopped(4, /chunk_002\/attempt_1\/high/, damage)
  expect(await resume()).toEqual({ exitCode: 0, sent: [3, 4, 5, 6] })
})

it.each(damages)('puts a video back that is %s on the server', async (_, damage) => {
  const { resume } = await stopped(5, /chunk_001\/attempt_1\/(?!high).*00001_\.mp4/, damage)
  expect(await resume()).toEqual({ exitCode: 0, sent: [5, 6] })
})

it.each(damages)('combines a film again that is %s on the server', async (_, damage) => {
  const { resume } = await stopped(6, /combine_001\/attempt_1/, damage)
  expect(await resume()).toEqual({ exitCode: 0, sent: [5, 6] })
})

/** Players do not see it. */
const changed: Damage = (bytes) => Buffer.concat([bytes.subarray(0, -1), Buffer.of(bytes.at(-1)! ^ 1)])

it.each([...damages, ['another in one bit', changed] as const])(
  'fetches a video again that is %s here',
  async (_, damage) => {
    const { resume, folder } = await stopped(3, /nothing/, damage)
    const [video = ''] = readdirSync(join(folder, 'videos'))
    const path = join(folder, 'videos', video)
    const whole = readFileSync(path)
    writeFileSync(path, damage(whole))
    expect(await resume()).toEqual({ exitCode: 0, sent: [3, 4, 5, 6] })
    expect(readFileSync(path).equals(whole)).toBe(true)
  },
)

it.each(damages)('sends a reference image again that is %s on the server', async (_, damage) => {
  const { resume, world } = await stopped(4, /chunk_002_reference/, damage)
  const uploads = () => world.asked.filter((line) => line === 'comfyui POST /upload/image').length
  const before = uploads()
  expect(await resume()).toEqual({ exitCode: 0, sent: [4, 5, 6] })
  expect(uploads() - before).toBe(1)
})

it.each<[string, () => Response]>([
  [
    'a page',
    () => new Response('<!DOCTYPE html>\n<title>Please wait</title>', { headers: { 'content-type': 'text/html' } }),
  ],
  ['an answer in JSON', () => Response.json({ error: 'not now' })],
  ['nothing', () => new Response('', { headers: { 'content-length': '0' } })],
])('downloads again instead of rendering when %s comes for a video', async (_, answer) => {
  const world = await faultyWorld(/^comfyui GET \/view$/, 2, async () => answer())
  const context = runContext()
  const { exitCode, stderr } = await context.live(world, ['--no-upload'])
  expect(exitCode, stderr).toBe(0)
  expect(stderr.match(/trying again/g)).toHaveLength(2)
  expect(promptsSent(world)).toBe(6)
  expect(decoded(join(context.outputDir, 'final/otter.mp4')).frames).toBe(24)
})
