import { join } from 'node:path'
import { expect, it, vi } from 'vitest'
import { virtualClock } from '../../src/simulators/virtual-clock.ts'
import { runPr } from '../cli/run-pr.ts'
import { journals, startLive, until } from '../support/live-process.ts'
import { startWorld } from '../support/live-world.ts'
import { filesIn, type Json, promptFile, temporaryFolder } from '../support/rehearse.ts'

// Each test starts several processes, one after the other.
vi.setConfig({ testTimeout: 120_000 })

/** Live runs that are killed while ComfyUI goes on. One chunk: HIGH, LOW, combine. */
const small = ['--no-upload', '--width', '64', '--height', '64', '--seed', '7']

/** A live run whose first prompt runs, and stays running until `finish` lets the server's time go on. `change` is asked of each request. */
async function running(change: (request: Request) => Promise<Response> | null = () => null) {
  const { promise: finished, resolve: finish } = Promise.withResolvers<void>()
  const clock = virtualClock(Date.now(), 0)
  const world = await startWorld((_, http) => (request) => change(request) ?? http(request), {
    ...clock,
    async sleep(ms, signal) {
      // The server's own pauses are shorter than any node's work.
      if (ms > 10) await finished
      return clock.sleep(ms, signal)
    },
  })
  const ask = async (path: string): Promise<Json> => (await fetch(world.env['COMFYUI_URL'] + path)).json()
  const cwd = temporaryFolder({
    'prompt_files/otter.txt': promptFile('otter', 13),
    'other/wren.txt': promptFile('wren', 5),
    'longer/otter.txt': promptFile('otter', 26),
  })
  const options = { cwd, env: world.env }
  const outputDir = join(cwd, 'output/prompt-runner')
  const first = startLive(small, options)
  const promptId = await until(async (): Promise<string | undefined> => (await ask('/queue')).queue_running[0]?.[1])
  const name = Object.keys(journals(outputDir))[0]!
  return {
    world,
    ask,
    finish,
    outputDir,
    name,
    promptId,
    pid: first.child.pid,
    run: (...flags: string[]) => runPr(['--yes', ...small, ...flags], options),
    resume: (...flags: string[]) => startLive([...small, '--resume', name, ...flags], options).ended,
    /** Goes on to the end; what runs has to be interrupted for that. */
    async resumeAndStop(...flags: string[]) {
      const resumed = startLive([...small, '--resume', name, ...flags], options).ended
      await until(() => world.asked.find((line) => line === 'comfyui POST /interrupt'))
      finish()
      const { exitCode, stderr } = await resumed
      expect(`${exitCode} ${stderr}`).toBe('0 ')
    },
    /** What was sent, in order: workflow and attempt of each. */
    sent: () =>
      journals(outputDir)
        [name]!.filter(({ kind }) => kind === 'job-started')
        .map(({ workflow, attempt }) => `${workflow}.${attempt}`),
    has: (kind: string) => until(() => journals(outputDir)[name]!.find((event) => event.kind === kind)),
    /** What was asked of the server once a resumed run was under way. */
    askedSince: (start: number) =>
      world.asked.slice(start).filter((line) => /POST \/(prompt|interrupt|queue)$/.test(line)),
    start: (...flags: string[]) => startLive([...small, '--resume', name, ...flags], options),
    async kill() {
      first.child.kill('SIGKILL')
      await first.ended
    },
  }
}

it('refuses to go on with a run in progress, and follows its prompt when its process was killed', async () => {
  const test = await running()
  const refused = await test.run('--resume', test.name)
  expect([refused.exitCode, refused.stdout]).toEqual([2, ''])
  expect(refused.stderr).toMatch(
    new RegExp(
      `^PR_STATE: --resume ${test.name}: this run is in progress: process ${test.pid} on \\S+, since 20\\S+Z\n  hint: Two processes on one run would pay for each job twice: wait for the other one, or stop it.\n$`,
    ),
  )
  await test.kill()
  const resumed = test.resume()
  await test.has('job-adopted')
  test.finish()
  const { exitCode, stderr, stdout } = await resumed
  expect(`${exitCode} ${stderr}`).toBe('0 ')
  expect(stdout).toContain('job 1/3 high chunk 1  is still on the server: goes on with it\n')
  // Each job was paid for once.
  expect(test.sent()).toEqual(['1.1', '2.1', '3.1'])
  expect(Object.keys(await test.ask('/history')).length).toBe(3)
  expect(filesIn(test.outputDir).filter((file) => /lock|part/.test(file))).toEqual([])
})

it('uses what the server has finished meanwhile', async () => {
  const test = await running()
  await test.kill()
  test.finish()
  await until(async () => (await test.ask('/history'))[test.promptId])
  const { exitCode, stderr, stdout } = await test.resume()
  expect(`${exitCode} ${stderr}`).toBe('0 ')
  expect(stdout).toContain('job 1/3 high chunk 1  was done by the server meanwhile\n')
  expect(test.sent()).toEqual(['1.1', '2.1', '3.1'])
})

it('sends anew what has failed meanwhile', async () => {
  const test = await running()
  await test.kill()
  await fetch(`${test.world.env['COMFYUI_URL']}/interrupt`, { method: 'POST' })
  test.finish()
  await until(async () => (await test.ask('/history'))[test.promptId])
  const { exitCode, stderr } = await test.resume()
  expect(`${exitCode} ${stderr}`).toBe(`0 warning: Prompt ${test.promptId} has failed since; its job is sent anew\n`)
  expect(test.sent()).toEqual(['1.1', '1.2', '2.1', '3.1'])
})

it('stops a prompt that the new plan has no use for', async () => {
  const test = await running()
  await test.kill()
  await test.resumeAndStop('--steps', '4')
  expect(test.sent()).toEqual(['1.1', '1.2', '2.1', '3.1'])
  const { status } = (await test.ask('/history'))[test.promptId]
  expect(status.messages.at(-1)[0]).toBe('execution_interrupted')
})

it.each([
  ['of other settings', ['--steps', '4']],
  ['without that video', ['--prompt-dir', 'other']],
])('stops what a new plan %s has no use for before it sends anything', async (_, flags) => {
  const test = await running()
  await test.kill()
  const { length } = test.world.asked
  await test.resumeAndStop(...flags)
  expect(test.askedSince(length).slice(0, 3)).toEqual([
    'comfyui POST /queue',
    'comfyui POST /interrupt',
    'comfyui POST /prompt',
  ])
})

it('stops it all the same when a proxy does not let that through at first', async () => {
  let isBroken = true
  const test = await running((request) => {
    if (!isBroken || !request.url.endsWith('/queue') || request.method !== 'POST') return null
    isBroken = false
    return Promise.resolve(new Response('', { status: 502 }))
  })
  await test.kill()
  await test.resumeAndStop('--steps', '4')
})

it('leaves no prompt behind when it is cancelled before it has come to it', async () => {
  let cancel = () => {}
  const test = await running((request) => {
    if (request.url.includes('/history/')) cancel()
    return null
  })
  await test.kill()
  const resumed = test.start()
  // A second one would end it at once.
  cancel = () => {
    cancel = () => {}
    resumed.child.kill('SIGINT')
  }
  const { exitCode } = await resumed.ended
  expect(exitCode).toBe(130)
  expect(test.world.asked).toContain('comfyui POST /interrupt')
  test.finish()
})

it('sends anew what was interrupted while it went on with it', async () => {
  const test = await running()
  await test.kill()
  const resumed = test.resume()
  await test.has('job-adopted')
  await fetch(`${test.world.env['COMFYUI_URL']}/interrupt`, { method: 'POST' })
  test.finish()
  const { exitCode, stderr } = await resumed
  expect(`${exitCode} ${stderr}`).toBe(`0 warning: Prompt ${test.promptId} was interrupted; its job is sent anew\n`)
  expect(test.sent()).toEqual(['1.1', '1.2', '2.1', '3.1'])
})

it('never sends one id twice, also when a job gets another number', async () => {
  const test = await running()
  test.finish()
  await until(async () => ((await test.ask('/history'))[test.promptId] ? true : undefined))
  await test.kill()
  const lines = () => Object.values(journals(test.outputDir))[0]!.filter(({ kind }) => kind === 'job-started')
  await test.resume()
  // One chunk more moves the combine job from number 3 to number 5.
  const { exitCode } = await test.resume('--frames-per-chunk', '13', '--prompt-file', 'longer/otter.txt')
  expect(exitCode).toBe(0)
  const ids = lines().map(({ promptId }) => promptId)
  expect(new Set(ids).size).toBe(ids.length)
})
