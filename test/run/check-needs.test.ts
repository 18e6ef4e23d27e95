import fs from 'node:fs'
import { syncBuiltinESMExports } from 'node:module'
import { expect, it } from 'vitest'
import { promptFile } from '../support/rehearse.ts'
import { runContext } from '../support/run-context.ts'
import { faultyWorld, promptsSent, refusal, type SimulatedWorld, simulatedWorld } from '../support/simulated-world.ts'

/** What a live run says that has to end before its first job. */
async function refused(world: SimulatedWorld, flags: readonly string[], env: Readonly<Record<string, string>> = {}) {
  const context = runContext()
  const { exitCode, stderr } = await context.live(world, flags, env)
  expect([promptsSent(world), context.files()]).toEqual([0, []])
  return { exitCode, codes: stderr.match(/^PR_\w+/gm), said: stderr }
}

/** Says of every disk, until it is disposed, that so many blocks of so many are free. */
function disks(free: number, blocks = 1_000_000): Disposable {
  const real = fs.promises.statfs
  const put = (statfs: typeof real) => {
    fs.promises.statfs = statfs
    syncBuiltinESMExports()
  }
  put((async () => ({ blocks, bavail: free, bsize: 4096 })) as unknown as typeof real)
  return { [Symbol.dispose]: () => put(real) }
}

it.each(['ffprobe', 'ffmpeg'])('refuses to begin without %s', async (program) => {
  const { exitCode, said } = await refused(await simulatedWorld(), ['--no-upload', `--${program}`, '/nowhere/it'])
  const cure = 'install ffmpeg (apt-get install ffmpeg, brew install ffmpeg), or say where it is with'
  const lines = ['PR_FFMPEG: /nowhere/it cannot be used: ENOENT', `  hint: ${cure} --${program}`, '']
  expect([exitCode, said.split('\n')]).toEqual([1, lines])
})

it('needs no ffmpeg for a film of one chunk', async () => {
  const context = runContext({ 'prompt_files/otter.txt': promptFile('otter', 5) })
  expect((await context.live(await simulatedWorld(), ['--no-upload', '--ffmpeg', '/nowhere/it'])).exitCode).toBe(0)
})

it('tells all that is missing at once, also what the server lacks', async () => {
  const message = 'No such bucket.'
  const world = await simulatedWorld((service, http) => async (request) => {
    if (service !== 'gcs') return http(request)
    return Response.json({ error: { code: 404, message, errors: [{ reason: 'notFound', message }] } }, { status: 404 })
  })
  const flags = ['--ffprobe', '/nowhere/it', '--high-lora', 'none.safetensors', '--force-shutdown']
  using _full = disks(0)
  const { exitCode, codes } = await refused(world, flags, { RUNPOD_POD_ID: 'mine' })
  expect([exitCode, codes]).toEqual([2, ['PR_FFMPEG', 'PR_FILE', 'PR_STORAGE', 'PR_POD', 'PR_INVALID_WORKFLOW']])
})

it('tells of a server that does not answer with the rest', async () => {
  const world = await simulatedWorld((service, http) => async (request) => {
    return service === 'comfyui' ? new Response('', { status: 502 }) : http(request)
  })
  const { codes } = await refused(world, ['--no-upload', '--ffprobe', '/nowhere/it'])
  expect(codes).toEqual(['PR_FFMPEG', 'PR_COMFY_UNREACHABLE'])
})

it('asks for the bucket of a run that goes on, too, and for room only for what is not done', async () => {
  const context = runContext()
  const world = await faultyWorld(/^comfyui POST \/prompt$/, 1, async () => refusal())
  const first = await context.live(world, ['--max-retries', '0'])
  expect(first.exitCode).toBe(1)
  const resume = ['--resume', first.summary.run_name]
  const before = promptsSent(world)
  {
    using _full = disks(1)
    const { stderr } = await context.live(world, resume)
    expect([stderr.match(/^PR_\w+/gm), promptsSent(world)]).toEqual([['PR_FILE'], before])
  }
  expect((await context.live(world, resume)).exitCode).toBe(0)
  using _full = disks(1)
  expect((await context.live(world, resume)).exitCode).toBe(0)
})

it('only warns where the server may have another disk, and trusts one that does not tell its size', async () => {
  {
    // 40 KiB: the files here take less, and with those of the server, as it seems on the same disk, more.
    using _small = disks(10)
    const { exitCode, stderr } = await runContext().live(await simulatedWorld(), ['--no-upload'])
    expect([exitCode, stderr]).toEqual([
      0,
      expect.stringMatching(/^warning: the output folder .*: 1 MB free, the plan needs/),
    ])
  }
  using _untold = disks(0, 0)
  const { exitCode, stderr } = await runContext().live(await simulatedWorld(), ['--no-upload'])
  expect(`${exitCode} ${stderr}`).toBe('0 ')
})
