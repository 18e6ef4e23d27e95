import { expect, it } from 'vitest'
import { hurry } from '../support/hurry.ts'
import { runContext } from '../support/run-context.ts'
import { simulatedWorld } from '../support/simulated-world.ts'

/** A live run with --force-shutdown, whose request to stop the pod is answered by `answer` (null: as RunPod does). */
async function shutDown(answer: (act: () => Promise<Response>) => Promise<Response>) {
  const world = await simulatedWorld(
    (service, http) => (request) =>
      service === 'runpod' && request.method === 'POST' ? answer(() => http(request)) : http(request),
  )
  const pod = { RUNPOD_API_KEY: 'rpa_test', RUNPOD_POD_ID: 'mine' }
  const { exitCode, stderr, summary } = await runContext().live(world, ['--force-shutdown'], pod)
  return {
    exitCode,
    stderr,
    summary,
    stops: world.asked.filter((line) => line === 'runpod POST /v2/pods/mine/action').length,
  }
}

const today = () => new Date().toISOString().slice(0, 10)
const byHand = `  hint: Every video is safe. Stop the pod at https://console.runpod.io/pods, or with
    curl -X POST -H "Authorization: Bearer $RUNPOD_API_KEY" -H "Content-Type: application/json" -d '{"action":"stop"}' https://api.runpod.io/v2/pods/mine/action
`
const problem = (status: number, title: string) =>
  Response.json({ title, status }, { status, headers: { 'content-type': 'application/problem+json' } })

it('stops the pod when every video is safe', async () => {
  const run = await shutDown((act) => act())
  expect(`${run.exitCode} ${run.stderr}`).toBe('0 ')
  expect(run.summary.pod).toEqual({ id: 'mine', status: 'EXITED', cost_per_hour: 0.44, action: 'stopped' })
  expect(run.stops).toBe(1)
})

it.each([
  [500, 'Internal Server Error', 6],
  [404, 'Not Found', 1],
])(
  'says loudly that the pod still runs when its stop is answered with %i, and how to stop it',
  async (status, title, stops) => {
    hurry()
    const run = await shutDown(async () => problem(status, title))
    expect(run.exitCode).toBe(1)
    expect(run.stderr).toBe(
      `PR_POD: POD mine WAS NOT STOPPED. It is RUNNING and costs $0.44/h (RunPod, ${today()}): asking RunPod to stop pod mine was answered with ${status}: ${title}\n${byHand}`,
    )
    expect(run.summary).toMatchObject({
      ok: false,
      exit_code: 1,
      videos: [{ status: 'finished' }],
      pod: { id: 'mine', status: 'RUNNING', cost_per_hour: 0.44, action: 'kept' },
    })
    expect(run.stops).toBe(stops)
  },
)

it('sees that the pod has stopped when only the answer was lost', async () => {
  hurry()
  const run = await shutDown(async (act) => {
    await act()
    return problem(500, 'Internal Server Error')
  })
  expect(`${run.exitCode} ${run.stderr}`).toBe('0 ')
  expect(run.summary.pod).toMatchObject({ status: 'EXITED', action: 'stopped' })
  expect(run.stops).toBe(1)
})

it('keeps the pod of a run that failed, and says so', async () => {
  const world = await simulatedWorld(
    (service, http) => (request) =>
      service === 'gcs' && /otter\.mp4/.test(request.url)
        ? Promise.resolve(new Response(null, { status: 403 }))
        : http(request),
  )
  const pod = { RUNPOD_API_KEY: 'rpa_test', RUNPOD_POD_ID: 'mine' }
  const { exitCode, stderr } = await runContext().live(world, ['--force-shutdown'], pod)
  expect(exitCode).toBe(1)
  expect(stderr).toContain(
    'warning: The pod keeps running in spite of --force-shutdown: not every video is finished.\n',
  )
  expect(world.asked.filter((line) => line.startsWith('runpod POST'))).toEqual([])
})
