import { expect, it } from 'vitest'
import { busyWorld } from '../support/busy-world.ts'
import { hurry } from '../support/hurry.ts'
import { until } from '../support/live-process.ts'
import { runContext } from '../support/run-context.ts'
import { promptsSent, simulatedWorld } from '../support/simulated-world.ts'

/** A world whose ComfyUI answers nothing but a proxy's 502 to its first `requests`. */
function startingWorld(requests: number) {
  let left = requests
  return simulatedWorld((service, http) => async (request) => {
    if (service !== 'comfyui' || left === 0) return http(request)
    left -= 1
    return new Response('<title>Bad gateway</title>', { status: 502 })
  })
}

it.each([
  [['--wait-for-server', '10m'], {}, '10:00'],
  [[], { RUNPOD_API_KEY: 'rpa_test', RUNPOD_POD_ID: 'mine' }, '05:00'],
])('waits for a server that is still starting, with %j and %j', async (flags, env, patience) => {
  hurry()
  // A look asks three times.
  const world = await startingWorld(7)
  const { exitCode, stdout, stderr } = await runContext().start(world, flags, { env }).ended
  expect([exitCode, stderr]).toEqual([0, ''])
  // Said again after half a minute only.
  expect(stdout.split('\n').filter((line) => line.includes('does not answer'))).toEqual([
    `ComfyUI does not answer at http://127.0.0.1:8188/ yet: waiting  00:00 of ${patience}`,
  ])
})

it('does not wait for a server that wants a login first', async () => {
  hurry()
  const world = await simulatedWorld(
    (service, http) => async (request) =>
      service === 'comfyui' ? new Response('<title>Sign in</title>', { status: 401 }) : http(request),
  )
  const { exitCode, stderr } = await runContext().start(world, ['--wait-for-server', '10m']).ended
  expect([exitCode, stderr]).toEqual([1, expect.stringContaining('401: an HTML page titled "Sign in"')])
  const ofComfyui = world.asked.filter((line) => line.startsWith('comfyui'))
  expect(ofComfyui).toEqual(['comfyui GET /prompt', 'comfyui GET /system_stats'])
})

it('waits no longer than it is told to', async () => {
  hurry()
  const world = await startingWorld(Number.POSITIVE_INFINITY)
  const { exitCode, stdout, stderr } = await runContext().start(world, ['--wait-for-server', '1s']).ended
  expect([exitCode, promptsSent(world)]).toEqual([1, 0])
  expect(stdout).toContain('yet: waiting  00:00 of 00:01\n')
  expect(stderr).toMatch(/^PR_COMFY_/)
})

it('tells a wrong address at once where nothing has to start first', async () => {
  hurry()
  const { stdout, stderr } = await runContext().start(await startingWorld(Number.POSITIVE_INFINITY)).ended
  expect(stdout).not.toContain('waiting')
  expect(stderr).toMatch(/^PR_COMFY_/)
})

it('gives up a job that does not move, takes its prompt back, and looks whether the server has obeyed', async () => {
  hurry()
  const { world, queue, finish } = await busyWorld()
  const [first, second] = [runContext(), runContext({ 'prompt_files/wren.txt': 'wren\n\n5\n\nA wren.\n' })]
  const neighbour = first.start(world, ['--no-upload'])
  await until(async () => (await queue()).queue_running[0])
  neighbour.die()
  await neighbour.ended

  const { exitCode, stderr, summary } = await second.live(world, ['--no-upload', '--job-timeout', '1s'])
  expect(exitCode).toBe(1)
  const ahead = (await queue()).queue_running[0][1]
  expect(stderr.split('\n').slice(0, 2)).toEqual([
    'job 1/3 high chunk 1  failed (attempt 1)',
    `wren failed: PR_JOB_TIMEOUT: Job 1 has not moved for 00:01, longer than --job-timeout allows: it waits behind 1, the first of them ${ahead}`,
  ])
  expect([promptsSent(world), (await queue()).queue_pending]).toEqual([2, []])
  finish()
  expect((await second.live(world, ['--no-upload', '--resume', summary.run_name])).exitCode).toBe(0)
})
