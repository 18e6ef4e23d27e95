import { expect, it, onTestFinished } from 'vitest'
import { virtualClock } from '../../src/simulators/virtual-clock.ts'
import { hurry } from '../support/hurry.ts'
import { journals } from '../support/journals.ts'
import { type Json, promptFile, rehearsalFolder, rehearse } from '../support/rehearse.ts'
import { runContext } from '../support/run-context.ts'
import { promptsRun, simulatedWorld } from '../support/simulated-world.ts'

const two = { 'prompt_files/1.txt': promptFile('heron', 5), 'prompt_files/2.txt': promptFile('otter', 5) }
const small = ['--width', '64', '--height', '64']

it('stops when somebody clears the queue, and sends the job again when it goes on', async () => {
  hurry()
  const { promise: finished, resolve: finish } = Promise.withResolvers<void>()
  onTestFinished(() => finish())
  const clock = virtualClock(Date.now(), 0)
  let state: 'new' | 'sent' | 'cleared' = 'new'
  const world = await simulatedWorld(
    (service, http) => async (request) => {
      const { pathname, origin } = new URL(request.url)
      if (service !== 'comfyui') return http(request)
      const post = (path: string, body: object) =>
        http(new Request(origin + path, { method: 'POST', body: JSON.stringify(body) }))
      if (state === 'new' && request.method === 'POST' && pathname === '/prompt') {
        // Somebody's own prompt is before it.
        const { prompt } = (await request.clone().json()) as Json
        await post('/prompt', { prompt })
        state = 'sent'
      }
      const response = await http(request)
      if (state === 'sent' && request.method === 'GET' && pathname === '/queue') {
        state = 'cleared'
        await post('/queue', { clear: true })
        finish()
      }
      return response
    },
    {
      ...clock,
      async sleep(ms, signal) {
        if (ms > 10) await finished
        return clock.sleep(ms, signal)
      },
    },
  )
  const context = runContext(two)
  const { exitCode, stderr, summary } = await context.live(world, ['--no-upload'])
  const name: string = summary.run_name
  expect(exitCode).toBe(1)
  expect(stderr).toMatch(/heron failed: PR_COMFY_INTERRUPTED: prompt \S+ was taken from the queue of ComfyUI before it/)
  expect(stderr).toContain('hint: somebody has cleared the queue, so the run stops; when it is resumed it sends')
  expect(stderr).toContain('  otter: PR_RUN_FAILED: It was not begun: the run stopped at heron\n')
  const started = () => context.journal(name).filter(({ kind }) => kind === 'job-started')
  expect(started().map(({ video, workflow }) => `${video} ${workflow}`)).toEqual(['heron 1'])
  const resumed = await context.live(world, ['--no-upload', '--resume', name])
  expect(`${resumed.exitCode} ${resumed.stderr}`).toBe('0 ')
  expect(Object.keys(journals(context.outputDir))).toEqual([name])
  expect(await promptsRun(world)).toBe(1 + 6)
})

it.each([
  [
    'of which ComfyUI dies twice',
    'node UnetLoaderGGUF of job 2: restart refusing 3 connections, always',
    /seems to die/,
  ],
  ['that somebody interrupts', 'step 2 of job 2: interrupt', /was interrupted at .*\n.*so the run stops; when/],
])('stops at a job %s, and begins no other video', async (_, fault, said) => {
  const cwd = rehearsalFolder(two)
  const run = await rehearse(['--fault', fault, ...small], { cwd })
  expect(run.exitCode).toBe(1)
  expect(run.stderr).toMatch(said)
  expect(run.stderr).toContain('  otter: PR_RUN_FAILED: It was not begun: the run stopped at heron\n')
  expect(run.summary.videos).toMatchObject([
    { name: 'heron', status: 'failed' },
    { name: 'otter', status: 'not_begun' },
  ])
  const resumed = await rehearse(['--resume', ...small], { cwd })
  expect([resumed.exitCode, resumed.summary.videos]).toMatchObject([
    0,
    [
      { name: 'heron', status: 'finished' },
      { name: 'otter', status: 'finished' },
    ],
  ])
})

it('begins the next video after a failure of another kind', async () => {
  const run = await rehearse(['--fault', 'node Sampler of job 2: out of memory', '--max-retries', '0', ...small], {
    files: two,
  })
  expect(run.stderr).not.toContain('not begun')
  expect(run.summary.videos).toMatchObject([
    { name: 'heron', status: 'failed' },
    { name: 'otter', status: 'finished' },
  ])
})
