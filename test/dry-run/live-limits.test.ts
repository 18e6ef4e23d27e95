import { expect, it, onTestFinished, vi } from 'vitest'
import { busyWorld } from '../support/busy-world.ts'
import { journals } from '../support/journals.ts'
import { until } from '../support/live-process.ts'
import type { Json } from '../support/rehearse.ts'
import { runContext } from '../support/run-context.ts'
import { promptsRun, promptsSent, type SimulatedWorld, simulatedWorld } from '../support/simulated-world.ts'

const pod = { RUNPOD_API_KEY: 'rpa_test', RUNPOD_POD_ID: 'mine' }
const today = () => new Date().toISOString().slice(0, 10)
const stops = ({ asked }: SimulatedWorld) => asked.filter((line) => line === 'runpod POST /v2/pods/mine/action').length

/** A world in which RunPod says that the pod costs so much. */
const priced = (cost: number) =>
  simulatedWorld((service, http) => async (request) => {
    const response = await http(request)
    if (service !== 'runpod' || request.method !== 'GET') return response
    const said = (await response.json()) as Json
    return Response.json({ ...said, cost: said.status === 'RUNNING' ? cost : 0 })
  })

it('takes the price from RunPod, shows it before the question, and counts what the run has cost', async () => {
  const world = await priced(0.79)
  const run = await runContext().start(world, ['--budget', '2.50', '--deadline', '2h'], { env: pod }).ended
  expect([run.exitCode, run.stderr]).toEqual([0, ''])
  const price = `$0.79/h (RunPod, ${today()})`
  expect(run.stdout).toContain(`\nPrice and limits: ${price}, budget $2.50, deadline 2:00:00 after the start\n`)
  expect(run.stdout).toContain(`\npod mine is RUNNING, ${price}, a GPU`)
  expect(run.stdout).toMatch(/\n00:\d\d from start to end · \$0\.0\d* at \$0\.79\/h \(RunPod, /)
  expect(run.stdout).toContain(`\nPod mine: RUNNING, kept · ${price}\n`)
})

it('stops before the first job when nothing is left, and then the pod if that is asked', async () => {
  const [world, context] = [await priced(9_000), runContext()]
  const { exitCode, stderr, summary } = await context.live(world, ['--budget', '0.01', '--force-shutdown'], pod)
  expect([exitCode, promptsSent(world), stops(world)]).toEqual([1, 0, 1])
  expect(summary).toMatchObject({
    failures: [{ code: 'PR_BUDGET' }],
    jobs: { done: 0, failed_attempts: 0 },
    pod: { id: 'mine', status: 'EXITED', action: 'stopped' },
  })
  expect(stderr).toMatch(
    /^otter stopped: PR_BUDGET: The run is at \$\d+\.\d\d at \$9000\.00\/h \(RunPod, [\d-]+\), and the budget is \$0\.01: it stops here; what is done is kept\nPR_BUDGET: The run is at .*, and the budget is \$0\.01: it stops here; what is done is kept\n {2}hint: Give a larger --budget, and go on from there with\n {4}pr .* --budget 0.01 .* --resume /,
  )

  const again = await context.live(world, ['--resume', summary.run_name, '--budget', '0.01', '--price', '0.01'], pod)
  expect([again.exitCode, promptsSent(world)]).toEqual([1, 0])
  expect(again.summary.spent.usd_of_earlier_starts).toBeGreaterThan(0.01)

  const more = await context.live(world, ['--resume', summary.run_name, '--budget', '1000', '--price', '0.01'], pod)
  expect([more.exitCode, promptsSent(world), await promptsRun(world)]).toEqual([0, 6, 6])
})

it('stops the job that is running when the time is over, and renders nothing again that is done', async () => {
  const context = runContext()
  let isLate = false
  const { now } = Date
  vi.spyOn(Date, 'now').mockImplementation(() => now() + (isLate ? 3_600_000 : 0))
  onTestFinished(() => void vi.restoreAllMocks())
  // The clock of the run goes on by an hour when LOW of chunk 1 has been sent.
  const world = await simulatedWorld((service, http) => async (request) => {
    const response = await http(request)
    if (service === 'comfyui' && request.method === 'POST' && new URL(request.url).pathname === '/prompt')
      isLate = promptsSent(world) === 1
    return response
  })
  const first = await context.live(world, ['--deadline', '30m'])
  isLate = false
  expect(first.summary).toMatchObject({ failures: [{ code: 'PR_DEADLINE' }], jobs: { done: 1 } })
  expect(world.asked).toContain('comfyui POST /interrupt')
  const again = await context.live(world, ['--resume', first.summary.run_name, '--deadline', '30m'])
  expect([again.exitCode, again.summary.jobs.skipped, again.summary.jobs.done]).toEqual([0, 1, 5])
})

it('leaves no prompt of an earlier start behind when nothing is left', async () => {
  const { world, queue, finish } = await busyWorld()
  const context = runContext()
  const first = context.start(world, ['--no-upload'])
  await until(async () => (await queue()).queue_running[0])
  first.die()
  await first.ended
  const [name] = Object.keys(journals(context.outputDir))
  const limits = ['--resume', name!, '--price', '9000', '--budget', '0.01']
  const second = context.live(world, ['--no-upload', ...limits])
  await until(() => world.asked.find((line) => line === 'comfyui POST /interrupt'))
  finish()
  expect((await second).summary.failures).toMatchObject([{ code: 'PR_BUDGET' }])
  expect([promptsSent(world), (await queue()).queue_running]).toEqual([1, []])
})

it.each([
  [{}, 'no pod is known to ask RunPod about', 'give --price DOLLARS, or --pod-id'],
  [pod, 'RunPod names none for pod mine, which is RUNNING', 'give --price DOLLARS, what an hour costs'],
])('refuses a budget that nobody names a price for, with %j', async (env, why, hint) => {
  const world = await priced(0)
  const { exitCode, stderr } = await runContext().live(world, ['--budget', '2.50'], env)
  expect([exitCode, promptsSent(world)]).toEqual([2, 0])
  expect(stderr).toContain(`PR_USAGE: --budget needs a price, and ${why}\n  hint: ${hint}\n`)
})
