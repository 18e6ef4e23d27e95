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
const small = ['--no-upload', '--width', '64', '--height', '64']

/** A live run whose first prompt runs, and stays running until `finish` lets the server's time go on. */
async function running() {
  const { promise: finished, resolve: finish } = Promise.withResolvers<void>()
  const clock = virtualClock(Date.now(), 0)
  const world = await startWorld(undefined, {
    ...clock,
    async sleep(ms, signal) {
      // The server's own pauses are shorter than any node's work.
      if (ms > 10) await finished
      return clock.sleep(ms, signal)
    },
  })
  const ask = async (path: string): Promise<Json> => (await fetch(world.env['COMFYUI_URL'] + path)).json()
  const cwd = temporaryFolder({ 'prompt_files/otter.txt': promptFile('otter', 13) })
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
    /** What was sent, in order: workflow and attempt of each. */
    sent: () =>
      journals(outputDir)
        [name]!.filter(({ kind }) => kind === 'job-started')
        .map(({ workflow, attempt }) => `${workflow}.${attempt}`),
    has: (kind: string) => until(() => journals(outputDir)[name]!.find((event) => event.kind === kind)),
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
  const resumed = test.resume('--steps', '4')
  await until(() => test.world.asked.find((line) => line === 'comfyui POST /interrupt'))
  test.finish()
  const { exitCode, stderr } = await resumed
  expect(`${exitCode} ${stderr}`).toBe('0 ')
  expect(test.sent()).toEqual(['1.1', '1.2', '2.1', '3.1'])
  const { status } = (await test.ask('/history'))[test.promptId]
  expect(status.messages.at(-1)[0]).toBe('execution_interrupted')
})
