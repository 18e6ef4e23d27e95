import { readdirSync } from 'node:fs'
import { expect, it } from 'vitest'
import { callPr } from '../cli/call-pr.ts'
import { type Json, promptFile, runFolder } from '../support/rehearse.ts'

const files = { 'prompt_files/otter.txt': promptFile('otter', 40) }
const small = ['--dry-run', '--sweep', '--width', '64', '--height', '64', '--frames-per-chunk', '13']
const pod = ['--pod-id', 'p1', '--force-shutdown']
const env = { RUNPOD_API_KEY: 'key', SOURCE_DATE_EPOCH: '1796000000' }

/** What `--json` says of a sweep of these faults. */
async function swept(faults: readonly string[], flags: readonly string[] = []) {
  const run = await callPr([...small, '--json', ...flags, ...faults.flatMap((fault) => ['--fault', fault])], {
    files,
    env,
  })
  const report: Json = JSON.parse(run.stdout)
  return { ...run, report, folder: runFolder(run.cwd) }
}

it('tries each fault in a world of its own and goes on until the film is there', async () => {
  const faults = [
    'after POST /prompt of job 3: reset',
    'after POST /prompt of job 3: kill',
    'step 1 of 4 of job 4: restart without files',
    'event job-finished of job 2: kill',
    'chunk 1 of upload 1: kill',
    'after storage.objects.insert: kill',
    'write of film: kill',
    'write of video of chunk 2: disk full',
    'end of job 6: foreign file',
    'event job-started of job 4: kill with SIGINT',
    'pod stop: ignore',
    'after pod stop: kill',
  ]
  const { exitCode, stderr, report, folder } = await swept(faults, pod)
  expect([exitCode, stderr]).toEqual([0, ''])
  const ends = Object.fromEntries(report.trials.map(({ fault, outcome, lives }: Json) => [fault, [outcome, lives]]))
  expect(ends).toEqual({
    'after POST /prompt of job 3: reset': ['itself', 1],
    'after POST /prompt of job 3: kill': ['resumed', 2],
    'step 1 of 4 of job 4: restart without files': ['itself', 1],
    'event job-finished of job 2: kill': ['resumed', 2],
    'chunk 1 of upload 1: kill': ['resumed', 2],
    'after storage.objects.insert: kill': ['resumed', 2],
    'write of film: kill': ['resumed', 2],
    'write of video of chunk 2: disk full': ['resumed', 2],
    'end of job 6: foreign file': ['resumed', 2],
    'event job-started of job 4: kill with SIGINT': ['resumed', 2],
    'pod stop: ignore': ['itself', 1],
    'after pod stop: kill': ['resumed', 2],
  })
  expect(report.all).toMatchObject({ tried: 12, itself: 3, resumed: 9, lost: 0, paid_twice: 0 })
  expect(folder.json('sweep.json')).toEqual(report)
  expect(readdirSync(`${folder.folder}/sweep`)).toHaveLength(12)
  const death = folder.json('sweep/002.json')
  expect(death.lives.map(({ end }: Json) => end)).toEqual(['killed', 'done'])
  expect(death.calls.filter((call: string) => call.includes('POST /prompt of job 3'))).toHaveLength(1)
  expect(readdirSync(`${folder.folder}/output`)).toEqual([])
})

it('says what did harm, how it is tried again, and ends in 6', async () => {
  const [harm, none] = ['POST /prompt of job 3: status 401, always', 'POST /prompt of job 99: reset']
  const run = await callPr([...small, '--fault', `${harm}`, '--fault', none, '--fault', 'socket open: silence'], {
    files,
    env,
  })
  expect(run.exitCode).toBe(6)
  const said = run.stderr.replaceAll('*DRY-RUN* ', '')
  expect(said).toContain('PR_MONEY: 1 fault did harm\n')
  expect(said).toContain(`  ${harm}: lost\n`)
  expect(said).toContain(
    'hint: `pr --dry-run --sweep --fault FAULT --width 64 --height 64 --frames-per-chunk 13 --output-dir output/prompt-runner` tries one again\n',
  )
  expect(said).toContain(`PR_FAULT_UNUSED: the fault '${none}' never happened\n`)
  expect(run.stdout).toMatch(/3\/3 {2}/)
})

it('tries what a run shares with other machines, too', async () => {
  const faults = [
    'after start of upload 5: kill',
    'after chunk 1 of upload 9: reset',
    'start of upload 12: status 401',
    // The latent of HIGH is put back from here.
    'POST /prompt of job 4: restart without files',
  ]
  const { exitCode, stderr, report } = await swept(faults, ['--upload', 'all'])
  expect([exitCode, stderr]).toEqual([0, ''])
  expect(report.trials.map(({ outcome }: Json) => outcome)).toEqual(['resumed', 'itself', 'itself', 'itself'])
  const shared = report.trials.map(({ found }: Json) => found.filter((line: string) => line.startsWith('shared')))
  expect(shared).toEqual(faults.map(() => ['shared: the journal']))
})

it.each([
  ['a live run', ['--sweep', '--no-upload'], '--sweep tries what goes wrong, and this is a live run'],
  [
    'an engine without connections',
    [...small, '--engine', 'msw'],
    '--sweep breaks connections, which --engine msw has not',
  ],
])('refuses %s', async (_, args, sentence) => {
  const { exitCode, stderr } = await callPr(args, { files, env })
  expect([exitCode, stderr.replaceAll('*DRY-RUN* ', '').split('\n')[0]]).toEqual([2, `PR_USAGE: ${sentence}`])
})

it('refuses a plan that fails where nothing goes wrong', async () => {
  const run = await callPr([...small, '--high-lora', 'nowhere.safetensors'], { files, env })
  expect(run.exitCode).toBe(1)
  expect(run.stderr).toContain('PR_RUN_FAILED: The plan fails where nothing goes wrong, so no fault was tried')
  expect(run.stderr).toContain('nowhere.safetensors')
})

it('kills one of two servers for good, and the other ends all films', async () => {
  const faults = [
    'step 1 of job 4: restart without files refusing all connections',
    'event job-finished of job 2: kill',
  ]
  const servers = ['--comfyui-url', 'http://a:8188', '--comfyui-url', 'http://b:8188']
  const { exitCode, stderr, report } = await swept(faults, servers)
  expect([exitCode, stderr]).toEqual([0, ''])
  expect(report.trials.map(({ outcome }: Json) => outcome)).toEqual(['itself', 'resumed'])
  expect(report.all).toMatchObject({ lost: 0, paid_twice: 0 })
})
