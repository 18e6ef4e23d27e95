import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { type Json, promptFile, type Rehearsed, rehearse } from '../support/rehearse.ts'

const files = { 'prompt_files/otter.txt': promptFile('otter', 24), 'prompt_files/wren.txt': promptFile('wren', 5) }
const small = ['--width', '64', '--height', '64', '--frames-per-chunk', '13']
const pod = { RUNPOD_POD_ID: 'pod-1', RUNPOD_API_KEY: 'rpa_test' }
/** Of chunk 2 HIGH takes ten minutes a step from its second step on, by the server's clock. */
const slow = ['--fault', 'step 1 of job 3: delay 10 min']

/** What a rehearsal of two chunks says in warnings and errors, and how many of its jobs it did. */
async function limited(flags: readonly string[], env: Record<string, string> = {}) {
  const run = await rehearse([...small, ...flags], { files, env })
  const said = run.stderr.replaceAll('*DRY-RUN* ', '').replaceAll(run.folder, '<folder>')
  return { ...run, said, done: run.summary?.jobs.done as number }
}

const onCpu = (flag: string) =>
  `warning: ${flag} rehearsed with the times of recording wan22-two-chunks on cpu, which say nothing about a GPU: take a recording of your own server (--recording) to see whether the film keeps to them\n`

it('stops within the job that would cost more than the budget, and goes on from there with a larger one', async () => {
  const run = await limited([...slow, '--price', '3', '--budget', '1.50'])
  expect([run.exitCode, run.done]).toEqual([1, 2])
  const why =
    'PR_BUDGET: Job 3 (high, chunk 2) would end at $1.56 at $3.00/h (--price), and the budget is $1.50: it stops here; what is done is kept\n'
  const how = `  hint: Give a larger --budget, and go on from there with\n    pr --dry-run --width 64 --height 64 --frames-per-chunk 13 --price 3 --budget 1.50 --resume ${run.summary.run_name} --output-dir <folder>\n`
  expect(run.said).toBe(`${onCpu('--budget')}job 3/6 high chunk 2  stopped\notter stopped: ${why}${why}${how}`)
  expect(interrupted(run)).toBe(1)

  const resumed = ['--resume', run.summary.run_name, '--output-dir', run.folder]
  const again = await rehearse([...small, ...resumed, '--price', '3', '--budget', '1.50'], { cwd: run.cwd })
  expect(again.stdout).toContain('Price and limits: $3.00/h (--price), budget $1.50, $0.56 of earlier starts\n')
  expect([again.exitCode, again.summary.jobs.done, again.summary.jobs.skipped]).toEqual([0, 7, 2])
})

it('sends no job that would end after the deadline, judged by those before it', async () => {
  const run = await limited(['--deadline', '30m', '--fault', 'step 4 of job 1: delay 20 min'])
  expect([run.exitCode, run.done]).toEqual([1, 2])
  expect(run.said).toContain(
    '\nPR_DEADLINE: Job 3 (high, chunk 2) would end at 42:12 after the start, and the deadline is 30:00: it stops here; what is done is kept\n  hint: --deadline counts from each start: go on from there with\n    pr --dry-run ',
  )
  expect(run.files.filter((file) => file.startsWith('workflows/'))).toHaveLength(2)
  // Nor does another video begin.
  expect(run.summary.videos.map(({ name, status }: Json) => [name, status])).toEqual([
    ['otter', 'failed'],
    ['wren', 'not_begun'],
  ])
  expect(run.summary.failures).toHaveLength(1)
})

it('asks for a price where nobody but a recording would name one', async () => {
  const hint = '  hint: give --price DOLLARS, what an hour costs\n'
  const run = await limited(['--budget', '2.50'], pod)
  expect([run.exitCode, run.said]).toEqual([
    2,
    `PR_USAGE: --budget needs a price, and a dry run asks no real RunPod\n${hint}`,
  ])
  expect(run.files).toEqual([])
})

it('names no sum of money without a price, and with one always its source', async () => {
  const [without, priced] = [await limited(['--force-shutdown'], pod), await limited(['--price', '0.79'], pod)]
  expect(sums(without)).toEqual([])
  expect(new Set(sums(priced))).toEqual(new Set(['$0.79/h (--price)']))
  expect(priced.stdout).toContain('*DRY-RUN* Pod pod-1: RUNNING, kept · $0.79/h (--price)\n')
})

/** Sums of money in all that a rehearsal says and writes down, but for what RunPod's simulator itself answers. */
function sums({ folder, files: written, stdout, stderr }: Rehearsed): string[] {
  const kept = written.filter((file) => !/^(traffic\.har|bodies\/|workflows\/|output\/)/.test(file))
  const texts = [stdout, stderr, ...kept.map((file) => readFileSync(join(folder, file), 'utf8'))]
  return texts.flatMap((text) => text.match(/\$\d[\d.]*(?:\/h \([^)]*\))?|(?<![\d.])0\.44(?!\d)/g) ?? [])
}

/** How often the server was told to interrupt what runs. */
function interrupted({ json }: Rehearsed): number {
  const { entries } = json('traffic.har').log
  return entries.filter(({ request }: { request: { url: string } }) => request.url.endsWith('/interrupt')).length
}

it('says how to go on from what a full disk has left of the journal, if any', async () => {
  const full =
    'PR_FILE: a file of this run cannot be written: ENOSPC: no space left on device, write\n  hint: make room, or go to another disk with --output-dir or, for a dry run, DRY_RUN_TEMP_DIR'
  const [first, fifth] = [
    await limited(['--fault', 'write of journal: disk full']),
    await limited(['--fault', '5th write of journal: disk full']),
  ]
  expect([first.exitCode, first.said]).toEqual([1, `${full}\n`])
  expect([fifth.exitCode, fifth.said]).toEqual([1, expect.stringContaining(`${full}; go on from there with\n    pr `)])
})
