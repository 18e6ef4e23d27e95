import { execFile } from 'node:child_process'
import { rmSync, writeFileSync } from 'node:fs'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { callPr } from '../cli/call-pr.ts'
import { bareEnvironment, runPr } from '../cli/run-pr.ts'
import { journals } from '../support/journals.ts'
import { type Json, promptFile, rehearsalFolder, rehearse, runFolder, temporaryFolder } from '../support/rehearse.ts'
import { runContext } from '../support/run-context.ts'
import { brokenFfmpeg } from '../support/simulated-ffmpeg.ts'
import { promptsRun, simulatedWorld } from '../support/simulated-world.ts'

const otter = { 'otter.txt': promptFile('otter', 24), 'prompt_files/heron.txt': promptFile('heron', 5) }

it('goes on with the last unfinished run as it was started', async () => {
  const world = await simulatedWorld()
  const context = runContext(otter)
  const first = await context.live(world, ['--prompt-file', 'otter.txt', '--seed', '7', '--ffmpeg', brokenFfmpeg])
  const name: string = first.summary.run_name
  expect(first.exitCode).toBe(1)
  // Without the size, the seed and the file of the first part.
  const resumed = await context.start(world, ['--resume', '--ffmpeg', 'ffmpeg'], { isBare: true }).ended
  expect(`${resumed.exitCode} ${resumed.stderr}`).toBe('0 ')
  expect(resumed.stdout).toMatch(
    new RegExp(
      `^--resume: goes on with ${name} \\(failed, 2 of 6 jobs done, last written .*, in ${context.outputDir}\\)\n`,
    ),
  )
  expect(await promptsRun(world)).toBe(6)
  expect(Object.keys(journals(context.outputDir))).toEqual([name])
  expect(context.files()).toContain('final/otter.mp4')

  const again = await context.start(world, ['--resume'], { isBare: true }).ended
  expect([again.exitCode, again.stderr]).toEqual([
    2,
    `PR_STATE: --resume: there is no unfinished run in ${context.outputDir}\n  hint: give the --output-dir that the run had, or start a new run without --resume; \`pr runs --output-dir output/prompt-runner\` lists what there is\n`,
  ])
})

it('goes on as it was started however often it is gone on with, and says so', async () => {
  const world = await simulatedWorld()
  const context = runContext(otter)
  const options = ['--prompt-file', 'otter.txt', '--seed', '7', '--no-upload', '--combine', 'once']
  const first = await context.live(world, [...options, '--ffmpeg', brokenFfmpeg])
  const name: string = first.summary.run_name
  const failed = await context.start(world, ['--resume'], { isBare: true }).ended
  const starts = context.journal(name).filter(({ kind }: Json) => kind === 'run-started')
  expect([failed.exitCode, starts.length, starts[1].options]).toEqual([1, 2, starts[0].options])
  expect(failed.stderr).toContain(` --prompt-file otter.txt --seed 7 --no-upload --combine once --ffmpeg `)
  const resumed = await context.start(world, ['--resume', '--ffmpeg', 'ffmpeg'], { isBare: true }).ended
  expect(`${resumed.exitCode} ${resumed.stderr}`).toBe('0 ')
  expect(await promptsRun(world)).toBe(4)
})

it('goes on with the last unfinished rehearsal in a dry run, and not in a live one', async () => {
  const cwd = rehearsalFolder(otter)
  const fault = ['--fault', 'node Decode of job 2: out of memory, always', '--max-retries', '0']
  const first = await rehearse(['--prompt-file', 'otter.txt', ...fault], { cwd })
  expect(first.exitCode).toBe(1)
  const name: string = first.summary.run_name
  const live = await callPr(['--resume', '--no-upload', '--yes'], { cwd })
  expect([live.exitCode, live.stderr.split('\n')[0]]).toEqual([
    2,
    `PR_STATE: --resume: there is no unfinished run in ${cwd}/output/prompt-runner`,
  ])
  const { exitCode, stderr, stdout, summary } = await rehearse(['--resume'], { cwd })
  expect(`${exitCode} ${stderr}`).toBe('0 ')
  expect(stdout).toContain(`goes on with ${name} (dry run, failed, 1 of `)
  expect(summary).toMatchObject({ run_name: name, videos: [{ name: 'otter', status: 'finished' }] })
})

it('says when the journal knows of no options, and passes a damaged one over', async () => {
  const world = await simulatedWorld()
  const context = runContext()
  const { summary } = await context.live(world, ['--ffmpeg', brokenFfmpeg])
  const name: string = summary.run_name
  const path = join(context.outputDir, 'state', `${name}.jsonl`)
  const lines = context.journal(name).map(({ options: _, ...event }: Json) => JSON.stringify(event))
  writeFileSync(path, `${lines.join('\n')}\n`)
  writeFileSync(join(context.outputDir, 'state/warm-wren.jsonl'), 'nonsense\nnonsense\n')
  const resumed = await context.start(world, ['--resume', '--ffmpeg', 'ffmpeg']).ended
  expect(`${resumed.exitCode} ${resumed.stderr}`).toBe(
    `0 warning: The journal of ${name} does not say with which options it was started\n`,
  )
  rmSync(path)
})

it('says that the run is in progress when another program has it', async () => {
  const context = runContext()
  const { summary } = await context.live(await simulatedWorld(), ['--ffmpeg', brokenFfmpeg])
  const lock = { pid: process.pid, host: hostname(), since: '2026-01-01', started: null }
  writeFileSync(join(context.outputDir, 'state', `${summary.run_name}.lock`), JSON.stringify(lock))
  const { exitCode, stderr } = await callPr(['--resume', '--yes'], { cwd: context.cwd })
  expect([exitCode, stderr.split('\n')[0]]).toEqual([
    2,
    `PR_STATE: --resume: ${summary.run_name} in ${context.outputDir} is in progress`,
  ])
})

it.each([['--resume', ''], ['--resume=']])('refuses an empty name: %s %s', async (...args) => {
  const { exitCode, stderr } = await callPr(args, { cwd: temporaryFolder() })
  expect([exitCode, stderr]).toEqual([
    2,
    'PR_USAGE: --resume has an empty value\n  hint: write --resume VALUE, or --resume alone\n',
  ])
})

it('prints a command line after an abort that a shell can run as it is', async () => {
  const cwd = rehearsalFolder({ "it's an otter.txt": promptFile('otter', 24) })
  const fault = ['--fault', 'node Decode of job 2: out of memory, always', '--max-retries', '0']
  const first = await runPr(['--dry-run', '--prompt-file', "it's an otter.txt", ...fault], { cwd })
  const [, command = ''] = /hint: go on from there with\n\*DRY-RUN\* {5}(.*)\n/.exec(first.stderr) ?? []
  const exitCode = await new Promise((done) => {
    execFile('sh', ['-c', command], { cwd, env: bareEnvironment() }, (error) => done(error?.code ?? 0))
  })
  expect(exitCode).toBe(0)
  expect(runFolder(cwd).summary).toMatchObject({ ok: true, videos: [{ name: 'otter', status: 'finished' }] })
})
