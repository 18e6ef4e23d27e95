import { expect, it } from 'vitest'
import { promptFile, runFolder } from '../support/rehearse.ts'
import { callPr } from './call-pr.ts'

const small = ['--dry-run', '--no-upload', '--width', '64', '--height', '64']
const files = {
  'prompt_files/otter.txt': promptFile('otter', 5),
  'faults.yaml':
    "lost-answer: 'after POST /prompt of job 1: reset'\nboth:\n  - 'GET /models: reset'\n  - 'pod stop: ignore'\n",
}

it('lists every anchor and every action', async () => {
  const { transcript, stdout } = await callPr(['--fault', 'help'])
  await expect(transcript).toMatchFileSnapshot('expected/help-fault.txt')
  expect(stdout.split('\n').filter((line) => line.length > 100)).toEqual([])
  expect(JSON.parse((await callPr(['serve', '--fault', 'help', '--json'])).stdout).help).toBe(stdout.trim())
})

it('tells what went wrong on purpose, how often and at what', async () => {
  const run = await callPr([...small, '--fault', '@faults.yaml#lost-answer'], { files })
  expect(`${run.exitCode} ${run.stderr}`).toMatch(/^0 .*ECONNRESET/)
  expect(run.stdout).toContain('FAULT: after POST /prompt of job 1: reset (1 time, at POST /prompt of job 1)\n')
  const { summary, json } = runFolder(run.cwd)
  expect(summary.rehearsal.faults).toEqual([
    {
      fault: 'after POST /prompt of job 1: reset',
      times: 1,
      at: [{ what: 'POST /prompt of job 1', time: expect.stringMatching(/Z$/) }],
    },
  ])
  expect(summary.rehearsal.answers).toMatchObject({ fault: 1 })
  const marked = json('traffic.har').log.entries.filter((entry: { _pr: { fault?: string } }) => entry._pr.fault)
  expect(marked.map(({ _pr }: { _pr: object }) => _pr)).toEqual([
    { service: 'comfyui', provenance: 'derived', fault: 'reset' },
  ])
})

it('ends in 3 when a fault never happened, and names the nearest thing that did', async () => {
  const faults = ['GET /history of job 9: reset', '@faults.yaml#both', '7th step 1 of job 1: interrupt']
  const run = await callPr([...small, '--quiet', ...faults.flatMap((fault) => ['--fault', fault])], { files })
  expect(run.exitCode).toBe(3)
  expect(run.stderr.replaceAll('*DRY-RUN* ', '').split('\n')).toEqual([
    `PR_FAULT_UNUSED: the fault 'GET /history of job 9: reset' never happened: nothing was seen at "GET /history of job 9"`,
    '  hint: the nearest that was seen is "GET /history of job 3"',
    `PR_FAULT_UNUSED: the fault 'GET /models: reset' never happened: nothing was seen at "GET /models"`,
    '  hint: the nearest that was seen is "GET /history of job 1"',
    `PR_FAULT_UNUSED: the fault 'pod stop: ignore' never happened: nothing was seen at "pod stop"`,
    '  hint: nothing like it was seen',
    `PR_FAULT_UNUSED: the fault '7th step 1 of job 1: interrupt' never happened: "step 1 of job 1" was seen 1 time, and it begins at the 7th`,
    '',
  ])
})

it.each([
  [
    'a fault that cannot be read',
    ['--dry-run', '--fault', 'POST /prompt: stats 524'],
    `the fault 'POST /prompt: stats 524' cannot be read: no action begins with "stats"`,
    'did you mean "status"?',
  ],
  [
    'a live run',
    ['--no-upload', '--fault', 'POST /prompt: status 524'],
    'faults were given (POST /prompt: status 524), and this is a live run',
    'give --dry-run too: only a simulated network has faults',
  ],
  [
    'an engine without connections',
    [...small, '--engine', 'msw', '--fault', 'POST /prompt: reset', '--fault', 'pod stop: ignore'],
    "--engine msw has no connections of its own and cannot do 'POST /prompt: reset'",
    'leave --engine out: the wire engine can do every fault',
  ],
  [
    'a file that is not there',
    [...small, '--fault', '@nowhere.yaml'],
    'the faults in <cwd>/nowhere.yaml cannot be read: there is no such file',
    null,
  ],
  [
    'a name that the file does not have',
    [...small, '--fault', '@faults.yaml#lost'],
    '--fault @<cwd>/faults.yaml#lost: the file has no fault of that name',
    'it has: lost-answer, both',
  ],
  [
    'a file of something else',
    [...small, '--fault', '@prompt_files/otter.txt'],
    'the faults in <cwd>/prompt_files/otter.txt cannot be read: they are to be texts by name',
    "write one a line, for example: lost-answer: 'after POST /prompt of job 3: reset'",
  ],
])('refuses %s', async (_, args, sentence, hint) => {
  const { exitCode, stderr, cwd } = await callPr(args, { files })
  expect(exitCode).toBe(2)
  const lines = [`PR_USAGE: ${sentence}`, ...(hint === null ? [] : [`  hint: ${hint}`]), '']
  expect(stderr.replaceAll('*DRY-RUN* ', '').replaceAll(cwd, '<cwd>').split('\n')).toEqual(lines)
})

it('ends in 6 when a job is rendered again that the server has done, with the calls', async () => {
  // A server that tells nothing of what it has, and a proxy that says so as often as it is asked.
  const faults = [
    'step 1 of job 1: silence',
    'GET /queue: field queue_running = [], always',
    'GET /history of job 1: lagging history, always',
  ]
  const run = await callPr([...small, '--quiet', ...faults.flatMap((fault) => ['--fault', fault])], { files })
  expect(run.exitCode).toBe(6)
  const lines = run.stderr
    .replaceAll('*DRY-RUN* ', '')
    .replaceAll(/[\da-f]{8}-[\da-f-]+|\d\d:\d\d:[\d.]+/g, '*')
    .split('\n')
  const from = lines.findIndex((line) => line.startsWith('PR_MONEY: '))
  expect(lines.slice(from, from + 4)).toEqual([
    'PR_MONEY: job 1 was rendered again although prompt * had done it and its files were there',
    '  rendered-again: * POST /prompt of job 1: ComfyUI takes prompt *',
    '  rendered-again: * prompt * is done, with 1 file',
    '  rendered-again: * POST /prompt of job 1: ComfyUI takes prompt *',
  ])
})

it('takes faults from the configuration file, too', async () => {
  const config = "faults:\n  - 'GET /history of job 1: lagging history'\n  - '@faults.yaml#lost-answer'\n"
  const run = await callPr(small, { files: { ...files, 'pr.config.yaml': config } })
  expect(run.exitCode).toBe(0)
  expect(run.stdout.match(/FAULT: .*/g)).toEqual([
    'FAULT: GET /history of job 1: lagging history (1 time, at GET /history of job 1)',
    'FAULT: after POST /prompt of job 1: reset (1 time, at POST /prompt of job 1)',
  ])
})
