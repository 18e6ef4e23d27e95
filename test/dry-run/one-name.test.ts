import { expect, it } from 'vitest'
import { startLive } from '../support/live-process.ts'
import { type LiveWorld, startWorld } from '../support/live-world.ts'
import { promptFile, temporaryFolder } from '../support/rehearse.ts'
import { promptsRun, stored } from '../support/simulated-world.ts'

const flags = ['--width', '64', '--height', '64', '--frames-per-chunk', '13', '--json']

/** Starts a run in a folder of its own. */
const start = (world: LiveWorld, more: readonly string[]) =>
  startLive([...flags, ...more], {
    cwd: temporaryFolder({ 'prompt_files/otter.txt': promptFile('otter', 24) }),
    env: world.env,
  }).ended

/** Lets nobody through before two have come. */
function gate(): () => Promise<void> {
  const both = Promise.withResolvers<void>()
  let waiting = 0
  return () => {
    waiting += 1
    if (waiting >= 2) both.resolve()
    return both.promise
  }
}

const refusal = (where: string) =>
  `PR_STATE: another run of the same prompts has taken the name NAME ${where}, in this very moment\n  hint: Nothing was sent. Start again: this run gets a name of its own.\n`

/** Of two runs the one that has ended well, and what the other one said. */
async function outcome(runs: ReadonlyArray<ReturnType<typeof start>>) {
  const [done, refused] = (await Promise.all(runs)).toSorted((a, b) => (a.exitCode ?? 0) - (b.exitCode ?? 0))
  const name: string = JSON.parse(done!.stdout).run_name
  return {
    name,
    ends: [done!.exitCode, refused!.exitCode],
    said: [done!.stderr, refused!.stderr.replace(name, 'NAME')],
  }
}

it('lets one of two that start at the same moment have the name on their server, and tells the other', async () => {
  const pass = gate()
  const world = await startWorld((service, http) => async (request) => {
    if (service === 'comfyui' && request.url.endsWith('/upload/image')) await pass()
    return http(request)
  })
  const { ends, said } = await outcome([1, 2].map(() => start(world, ['--no-upload'])))
  expect(ends).toEqual([0, 2])
  expect(said).toEqual(['', refusal('on the server')])
  expect(await promptsRun(world)).toBe(6)
})

it('lets one of two that start at the same moment have the name in their bucket, and tells the other', async () => {
  const pass = gate()
  const first = await startWorld((service, http) => async (request) => {
    if (service === 'gcs' && request.method === 'PUT' && request.url.includes('claim_001')) await pass()
    return http(request)
  })
  const second = await startWorld((service, http) => (service === 'gcs' ? (r) => first.send('gcs', r) : http))
  const bucket = ['--bucket', 'gs://films/june']
  const { name, ends, said } = await outcome([start(first, bucket), start(second, bucket)])
  expect(ends).toEqual([0, 2])
  expect(said).toEqual(['', refusal('in the bucket')])
  expect((await promptsRun(first)) + (await promptsRun(second))).toBe(6)
  expect(JSON.parse(`${await stored(first, `june/otter/${name}/manifest.json`)}`).run_name).toBe(name)
})
