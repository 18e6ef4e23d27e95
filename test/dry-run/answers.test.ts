import { expect, it } from 'vitest'
import { journals } from '../support/journals.ts'
import type { Json } from '../support/rehearse.ts'
import { runContext } from '../support/run-context.ts'
import { faultyWorld, promptsSent, simulatedWorld } from '../support/simulated-world.ts'

/** A rehearsal with faults, and which jobs it sent in which attempt. */
async function withFaults(faults: string | readonly string[], flags: readonly string[] = []) {
  const given = [faults].flat().flatMap((fault) => ['--fault', fault])
  const run = await runContext().rehearse(['--no-upload', ...given, ...flags])
  const sent = Object.values(journals(run.folder)).flat() as Json[]
  return {
    exitCode: run.exitCode,
    stderr: run.stderr.replaceAll('*DRY-RUN* ', ''),
    sent: sent.filter(({ kind }) => kind === 'job-started').map(({ workflow, attempt }) => `${workflow}.${attempt}`),
  }
}

const once = ['1.1', '2.1', '3.1', '4.1', '5.1', '6.1']

/** What stands between may say this for a while, whatever the server would say. */
const passing = [
  ...[408, 425, 500, 502, 503, 507, 520, 525, 530].map((status) => `status ${status}`),
  'status 429 with retry-after 7',
  'status 200',
  'empty body',
  'garbage',
  'truncate',
  'wrong length',
  'malformed chunk',
  'random data',
  'reset',
  'no answer',
]

it.each(passing)(
  'looks again when the history or a prompt is answered with %s, and pays for nothing twice',
  async (action) => {
    const run = await withFaults([
      `GET /history of job 2: ${action}, times 7`,
      `after POST /prompt of job 3: ${action}`,
    ])
    expect([run.exitCode, run.sent]).toEqual([0, once])
  },
)

it.each([
  'field *.status.messages = null',
  'no field *.status.messages',
  'field *.status.messages = [["execution_start",{},1],["execution_success",{},1]]',
  'no field *.status',
  'field *.status.status_str = "finished"',
  'field *.outputs.999 = null',
])('makes sense of a history entry with %s', async (action) => {
  const run = await withFaults(`GET /history of job 2: ${action}, always`)
  expect([run.exitCode, run.stderr, run.sent]).toEqual([0, '', once])
})

it.each([
  ['status 401', '--comfyui-token'],
  ['status 403', '--comfyui-token'],
  ['status 302 to https://login.example/', '--comfyui-token'],
  ['status 404', 'check host, port and path'],
  ['field * = {}', 'says neither that it succeeded nor that it failed'],
])('ends the run and leaves the prompt open after %s', async (action, said) => {
  const run = await withFaults(['executed of job 2: drop, always', `GET /history of job 2: ${action}, always`])
  expect([run.exitCode, run.sent]).toEqual([1, once.slice(0, 2)])
  expect(run.stderr).toContain(said)
  expect(run.stderr).toMatch(
    /warning: Prompt \S{36} of job 2 \(low, chunk 1 of otter\) may still be waiting or running since \S+Z \(\d\d:\d\d\)\n/,
  )
  expect(run.stderr).toMatch(
    /warning: To go on with it instead of paying for it twice:\n.* {4}pr --dry-run .*--resume \S+ --output-dir \S+\n/,
  )
})

it('takes what the server had named to an earlier part of the run, whatever it has forgotten since', async () => {
  const [context, world] = [runContext(), await simulatedWorld()]
  // The third prompt is HIGH of chunk 2; its history is asked for when it has ended.
  const diesAt = (asked: string) => /^comfyui GET \/history/.test(asked) && promptsSent(world) === 3
  await context.start(world, ['--no-upload'], { diesAt }).ended
  const clear = { method: 'POST', body: '{"clear":true}' }
  await world.send('comfyui', new Request('http://127.0.0.1:8188/history', clear))
  const [name = ''] = Object.keys(journals(context.outputDir))
  const { exitCode, stderr } = await context.live(world, ['--no-upload', '--resume', name])
  const said = /^warning: otter: ComfyUI has forgotten prompt \S{36}; job 3 is done with the files that it had named\n$/
  expect([exitCode, stderr, promptsSent(world)]).toEqual([0, expect.stringMatching(said), 6])
})

it('goes on with what it has left open', async () => {
  const context = runContext()
  let isBroken = true
  const world = await faultyWorld(/^comfyui GET \/history/, 9, async (request, http) =>
    isBroken ? new Response('', { status: 401 }) : http(request),
  )
  const first = await context.live(world, ['--no-upload'])
  expect([first.exitCode, promptsSent(world)]).toEqual([1, 1])
  isBroken = false
  const resumed = await context.live(world, ['--no-upload', '--resume', first.summary.run_name])
  expect([resumed.exitCode, promptsSent(world)]).toEqual([0, 6])
})

it.each(['clear history', 'restart with files'])('takes what the server has named before: %s', async (what) => {
  const run = await withFaults(`end of job 4: ${what}`)
  expect([run.exitCode, run.sent]).toEqual([0, once])
  expect(run.stderr).toMatch(
    /warning: otter: ComfyUI has forgotten prompt \S{36}; job 4 is done with the files that it had named\n/,
  )
})

it.each(['field *.outputs = null', 'field *.outputs = {}', 'no field *.outputs'])(
  'takes what the server has named before when the history has %s',
  async (action) => {
    const run = await withFaults(`GET /history of job 2: ${action}, always`)
    expect([run.exitCode, run.stderr, run.sent]).toEqual([0, '', once])
  },
)

it('does not pay again for a success without outputs', async () => {
  const run = await withFaults(['executed of job 2: drop, always', 'GET /history of job 2: field *.outputs = {}'])
  expect([run.exitCode, run.sent]).toEqual([1, once.slice(0, 2)])
  expect(run.stderr).toMatch(/PR_NO_OUTPUT: Prompt \S{36} succeeded, but its history names no latent for node/)
})

it('sends a job once more whose save node was answered from the cache', async () => {
  const run = await withFaults('POST /prompt of job 2: no outputs')
  expect([run.exitCode, run.sent]).toEqual([0, ['1.1', '2.1', '2.2', '3.1', '4.1', '5.1', '6.1']])
})

it.each(['status 403', 'status 200', 'status 302 to https://login.example/', 'no answer'])(
  'goes on without a socket that is answered with %s, and says so once',
  async (action) => {
    const run = await withFaults(`socket open: ${action}, always`)
    expect([run.exitCode, run.sent]).toEqual([0, once])
    expect(run.stderr.split('\n')).toEqual([
      expect.stringMatching(/^warning: GET ws:\/\/.* The run goes on without the socket: it asks every few seconds$/),
      '',
    ])
  },
)

it('hears of progress again when the socket is let in later', async () => {
  const run = await withFaults(
    ['socket open: status 403, times 4', 'step 1 of job 2: delay 1 min'],
    ['--log-level', 'DEBUG'],
  )
  expect([run.exitCode, run.sent]).toEqual([0, once])
})

it.each([
  ['gives up a server that stays away for two minutes', [], 1],
  ['outlasts a restart of minutes with --wait-for-server', ['--wait-for-server', '10m'], 0],
] as const)('%s', async (_, flags, exitCode) => {
  const run = await withFaults(['after POST /prompt of job 2: restart with files refusing 30 connections'], flags)
  expect(run.exitCode).toBe(exitCode)
  expect(run.sent).toEqual(exitCode === 1 ? once.slice(0, 2) : ['1.1', '2.1', '2.2', ...once.slice(2)])
})
