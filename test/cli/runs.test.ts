import { writeFileSync } from 'node:fs'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { journals } from '../support/journals.ts'
import { rehearse, runFolder } from '../support/rehearse.ts'
import { runContext } from '../support/run-context.ts'
import { brokenFfmpeg } from '../support/simulated-ffmpeg.ts'
import { simulatedWorld } from '../support/simulated-world.ts'
import { callPr } from './call-pr.ts'

/** Times, folders and the machine are other ones each time. */
const still = (text: string, cwd: string) =>
  text
    .replaceAll(cwd, '<cwd>')
    .replaceAll(/20\d\d-\d\d-\d\d \d\d:\d\d:\d\d/g, '<time>')
    .replaceAll(/temp_dry_run_\d{8}_\d{6}/g, '<folder>')
    .replaceAll(/ {2,}/g, '  ')

it('lists live runs and rehearsals, what has become of them, and how to go on', async () => {
  const world = await simulatedWorld()
  const context = runContext()
  const { cwd, outputDir } = context
  const first = await context.live(world, ['--no-upload'])
  const failed = await context.live(world, ['--no-upload', '--ffmpeg', brokenFfmpeg])
  let isCancelled = false
  const running = context.start(world, ['--no-upload'], {
    diesAt(asked, isAnswered) {
      if (!isCancelled && isAnswered && asked === 'comfyui POST /prompt') {
        isCancelled = true
        running.cancel()
      }
      return false
    },
  })
  await running.ended
  await context.rehearse()
  const [done, second] = [first, failed].map(({ summary }) => summary.run_name)
  const third = Object.keys(journals(outputDir)).find((name) => ![done, second].includes(name))
  writeFileSync(join(outputDir, 'state/warm-wren.jsonl'), 'nonsense\nnonsense\n')

  const { exitCode, stderr, stdout } = await callPr(['runs'], { cwd })
  expect(`${exitCode} ${stderr}`).toBe('0 ')
  const rehearsal = runFolder(cwd).summary.run_name
  expect(still(stdout, cwd)).toBe(
    [
      'name  state  jobs  started  last written  videos  in',
      `${done}  done  6/6  <time>  <time>  otter  <cwd>/output/prompt-runner`,
      `${second}  failed  2/6  <time>  <time>  otter  <cwd>/output/prompt-runner`,
      `${third}  cancelled  0/6  <time>  <time>  otter  <cwd>/output/prompt-runner`,
      `${rehearsal}  dry run, done  6/6  <time>  <time>  otter  <cwd>/<folder>`,
      'warm-wren  damaged  –  –  <time>  –  <cwd>/output/prompt-runner',
      'warm-wren: Reading the state of an earlier run failed: <cwd>/output/prompt-runner/state/warm-wren.jsonl:1 is not JSON',
      `Go on with ${third}:`,
      `  pr --width 64 --height 64 --frames-per-chunk 13 --no-upload --resume ${third}`,
      '',
    ].join('\n'),
  )
})

it('tells a program the same, and who runs what', async () => {
  const world = await simulatedWorld()
  const context = runContext()
  const { cwd } = context
  await context.live(world, ['--no-upload'])
  const [name = ''] = Object.keys(journals(context.outputDir))
  const lock = { pid: process.pid, host: hostname(), since: '2026-01-01', started: null }
  writeFileSync(join(context.outputDir, `state/${name}.lock`), JSON.stringify(lock))
  const { stdout } = await callPr(['runs', '--json', '--output-dir', 'output/prompt-runner'], { cwd })
  expect(JSON.parse(stdout).runs).toEqual([
    {
      name,
      state: 'running',
      dry_run: false,
      folder: context.outputDir,
      journal: join(context.outputDir, `state/${name}.jsonl`),
      jobs: { done: 6, planned: 6 },
      estimate: null,
      cost: null,
      started: expect.stringMatching(/^20.*Z$/),
      last_written: expect.stringMatching(/^20.*Z$/),
      process: { pid: process.pid, host: lock.host, since: '2026-01-01' },
      videos: [{ name: 'otter', status: 'finished', film: join(context.outputDir, 'final/otter.mp4') }],
      problem: null,
      resume: null,
    },
  ])
})

it('says what a run has cost where a price was known, and who told it', async () => {
  const world = await simulatedWorld()
  const context = runContext()
  const priced = await context.live(world, ['--no-upload', '--price', '3600'])
  const { summary } = await context.live(world, ['--no-upload'])
  const { stdout } = await callPr(['runs'], { cwd: context.cwd })
  const [head, ...rows] = still(stdout, context.cwd).split('\n')
  expect(head).toBe('name  state  jobs  cost  started  last written  videos  in')
  expect(
    rows.map((row) =>
      row
        .replace(/\$\d+\.\d{2} /, '$<cost> ')
        .split('  ')
        .slice(0, 4),
    ),
  ).toEqual([
    [priced.summary.run_name, 'done', '6/6', '$<cost> (--price)'],
    [summary.run_name, 'done', '6/6', '–'],
    [''],
  ])
  const { runs } = JSON.parse((await callPr(['runs', '--json'], { cwd: context.cwd })).stdout)
  expect(runs.map(({ cost }: { cost: unknown }) => cost)).toEqual([{ usd: expect.any(Number), price: '--price' }, null])
  // A dollar a second, for every second up to the last thing that it noted.
  const [{ at: from }, ...events] = context.journal(priced.summary.run_name)
  expect(runs[0].cost.usd).toBeCloseTo((events.at(-1)!['at'] - from) / 1000)
})

it('names the folder of a rehearsal that goes on, and none that is done since', async () => {
  const fault = ['--fault', 'node Decode of job 2: out of memory, always', '--max-retries', '0']
  const first = await rehearse(fault)
  const { cwd } = first
  const name: string = first.summary.run_name
  const runs = async () => (await callPr(['runs'], { cwd })).stdout
  expect(await runs()).toContain(`\n    pr --max-retries 0 --dry-run --resume ${name} --output-dir ${first.folder}\n`)
  await rehearse(['--resume'], { cwd })
  expect(await runs()).not.toContain('Go on')
})

it('takes a rehearsal for one whose journal says nothing, and goes on with none in a live run', async () => {
  const first = await rehearse(['--fault', 'event run-started: kill with SIGTERM'])
  const { cwd } = first
  const name: string = first.summary.run_name
  writeFileSync(join(first.folder, 'state', `${name}.jsonl`), '')
  expect((await callPr(['runs'], { cwd })).stdout).toContain(
    `Go on with ${name}:\n    pr --dry-run --resume ${name} --output-dir ${first.folder}\n`,
  )
  const live = await callPr(['--resume', '--no-upload', '--yes'], { cwd })
  expect([live.exitCode, live.stderr.split('\n')[0]]).toEqual([
    2,
    `PR_STATE: --resume: there is no unfinished run in ${cwd}/output/prompt-runner`,
  ])
})

it('says where it has looked when there is none', async () => {
  const { cwd, stdout } = await callPr(['runs'])
  expect(stdout).toBe(`No run in ${cwd}/output/prompt-runner, and no run folder in ${cwd}\n`)
})
