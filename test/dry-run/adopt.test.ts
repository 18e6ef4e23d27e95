import { join } from 'node:path'
import { expect, it, onTestFinished, vi } from 'vitest'
import { runPr } from '../cli/run-pr.ts'
import { journals, startLive, until } from '../support/live-process.ts'
import { filesIn, type Json, promptFile, temporaryFolder } from '../support/rehearse.ts'
import { startServing } from '../support/serving.ts'

/** Live runs that are killed while ComfyUI, in a process of its own, goes on. One chunk: HIGH, LOW, combine. */
// Simulated GPU time passes for real here, beside whatever else the machine does.
vi.setConfig({ testTimeout: 120_000 })

const small = ['--no-upload', '--width', '64', '--height', '64']

async function killedWhileRunning(speed: string) {
  const serving = await startServing('--speed', speed)
  onTestFinished(async () => void (await serving.stop()))
  const origin = serving.facts.addresses['comfyui']!
  const cwd = temporaryFolder({ 'prompt_files/otter.txt': promptFile('otter', 13) })
  const outputDir = join(cwd, 'output/prompt-runner')
  const env = { COMFYUI_URL: origin }
  const ask = async (path: string): Promise<Json> => (await fetch(origin + path)).json()
  const first = startLive(small, { cwd, env })
  const running = await until(async () => (await ask('/queue')).queue_running[0]?.[1] as string | undefined)
  const name = Object.keys(journals(outputDir))[0]!
  return {
    cwd,
    env,
    ask,
    outputDir,
    origin,
    first,
    running,
    name,
    resume: (...flags: string[]) => runPr(['--yes', '--json', ...small, '--resume', name, ...flags], { cwd, env }),
    /** What was ever sent, in order: workflow and attempt of each. */
    sent: () =>
      journals(outputDir)
        [name]!.filter(({ kind }) => kind === 'job-started')
        .map(({ workflow, attempt }) => `${workflow}.${attempt}`),
    async kill() {
      first.child.kill('SIGKILL')
      await first.ended
    },
  }
}

/** 13 frames of HIGH take about a minute in the recording, LOW and combine seconds. */
const SLOW = '0.05'

it('refuses to go on with a run in progress, and takes over when its process was killed', async () => {
  const run = await killedWhileRunning(SLOW)
  const refused = await runPr(['--yes', ...small, '--resume', run.name], run)
  expect(refused.exitCode).toBe(2)
  expect(refused.stdout).toBe('')
  expect(refused.stderr).toMatch(
    new RegExp(
      `^PR_STATE: --resume ${run.name}: this run is in progress: process ${run.first.child.pid} on \\S+, since 20\\S+Z\n  hint: Two processes on one run would pay for each job twice: wait for the other one, or stop it.\n$`,
    ),
  )
  const before = await run.ask('/queue')
  expect([...before.queue_running, ...before.queue_pending].map(([, id]: Json) => id)).toEqual([run.running])

  await run.kill()
  const { exitCode, stderr, stdout } = await run.resume()
  expect(`${exitCode} ${stderr}`).toBe('0 ')
  expect(JSON.parse(stdout)).toMatchObject({ run_name: run.name, jobs: { total: 3, done: 3, failed_attempts: 0 } })
  // The prompt that ran all the while was followed to its end: each job was paid for once.
  expect(run.sent()).toEqual(['1.1', '2.1', '3.1'])
  expect(Object.keys(await run.ask('/history')).length).toBe(3)
  expect(filesIn(run.outputDir).filter((file) => /lock|part/.test(file))).toEqual([])
})

it('uses what the server has finished meanwhile', async () => {
  const run = await killedWhileRunning(SLOW)
  await run.kill()
  await until(async () => (await run.ask('/history'))[run.running])
  const resumed = await runPr(['--yes', ...small, '--resume', run.name], run)
  expect(`${resumed.exitCode} ${resumed.stderr}`).toBe('0 ')
  expect(resumed.stdout).toContain('job 1/3 high chunk 1  was done by the server meanwhile\n')
  expect(run.sent()).toEqual(['1.1', '2.1', '3.1'])
})

it('sends anew what the server no longer knows', async () => {
  const run = await killedWhileRunning(SLOW)
  await run.kill()
  await fetch(`${run.origin}/interrupt`, { method: 'POST' })
  await until(async () => (await run.ask('/history'))[run.running])
  const warned = await run.resume()
  expect(`${warned.exitCode} ${warned.stderr}`).toBe(
    `0 warning: Prompt ${run.running} has failed since; its job is sent anew\n`,
  )
  expect(run.sent()).toEqual(['1.1', '1.2', '2.1', '3.1'])
})

it('stops a prompt that the new plan has no use for', async () => {
  const run = await killedWhileRunning('0.2')
  await run.kill()
  const { exitCode, stderr } = await run.resume('--steps', '4')
  expect(`${exitCode} ${stderr}`).toBe('0 ')
  expect(run.sent()).toEqual(['1.1', '1.2', '2.1', '3.1'])
  const { status } = (await run.ask('/history'))[run.running]
  expect(status.messages.at(-1)[0]).toBe('execution_interrupted')
})
