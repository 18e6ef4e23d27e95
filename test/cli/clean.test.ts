import { existsSync, mkdirSync, renameSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { filesIn, rehearsalFolder, rehearse, temporaryFolder } from '../support/rehearse.ts'
import { type RunContext, runContext } from '../support/run-context.ts'
import { brokenFfmpeg } from '../support/simulated-ffmpeg.ts'
import { simulatedWorld } from '../support/simulated-world.ts'
import { callPr } from './call-pr.ts'

/** A film that was made live and stays here, with what has led to it. */
async function made(flags: readonly string[] = ['--no-upload', '--keep-intermediate']) {
  const context = runContext()
  const { exitCode, summary } = await context.live(await simulatedWorld(), flags)
  expect(exitCode).toBe(0)
  return { context, name: summary.run_name as string }
}

const clean = async ({ cwd }: Pick<RunContext, 'cwd'>, ...args: string[]) => {
  const { exitCode, stdout, stderr } = await callPr(['clean', ...args], { cwd })
  return `${exitCode} ${stdout}${stderr}`.replaceAll(cwd, '<cwd>').replaceAll(/\d+\.\d KiB/g, '<size>')
}

/** All but the journal and reports. */
const left = ({ files }: RunContext) => files().filter((file) => !file.startsWith('state/'))

/** Two latents, a video and a film so far of each chunk, and the second one's reference frame. */
const FILES = 9

it('deletes the intermediate files of a run whose film lies here as it was made, when it may', async () => {
  const { context, name } = await made()
  const before = left(context)
  const listed = `${FILES} files  ${name}  <size>: <cwd>/output/prompt-runner/final/otter.mp4 is as it was made\n`
  expect(await clean(context, '--dry-run')).toBe(`0 ${listed}Would delete ${FILES} files (<size>).\n`)
  expect(await clean(context)).toBe(
    `2 ${listed}PR_NOT_CONFIRMED: "Delete ${FILES} files (<size>)?" cannot be asked: there is no terminal to answer on\n  hint: give --yes to run without asking, or --dry-run to rehearse\n`,
  )
  expect(left(context)).toEqual(before)
  expect(await clean(context, '--yes')).toBe(`0 ${listed}Deleted ${FILES} files (<size>).\n`)
  expect(left(context)).toEqual(['final/otter.mp4'])
  expect(await clean(context, '--yes')).toBe('0 Nothing to delete.\n')
})

it('only lists where every run is a dry run', async () => {
  const { context } = await made()
  const { stdout } = await callPr(['clean', '--yes', '--json'], { cwd: context.cwd, env: { DRY_RUN: '1' } })
  expect(JSON.parse(stdout)).toMatchObject({ deleted: [], would_delete: [{ kind: 'files' }], kept: [], failed: [] })
  expect(left(context)).toHaveLength(FILES + 1)
})

it('takes an upload that was verified for a proof, wherever the film is', async () => {
  const { context, name } = await made(['--keep-intermediate'])
  const film = join(context.outputDir, 'final/otter.mp4')
  renameSync(film, join(context.cwd, 'mine.mp4'))
  expect(await clean(context, '--yes')).toContain(`gs://films/june/otter/${name}/otter.mp4 was verified\n`)
  expect(left(context)).toEqual([])
})

it.each<[string, (context: RunContext, name: string) => void, (name: string) => string]>([
  [
    'whose film is another one now',
    ({ outputDir }) => writeFileSync(join(outputDir, 'final/otter.mp4'), 'mine'),
    (name) => `${name}: its film of otter is neither uploaded nor here as it was made`,
  ],
  [
    'in progress',
    ({ outputDir }, name) => {
      const lock = { pid: process.pid, host: hostname(), since: '2026-01-01', started: null }
      writeFileSync(join(outputDir, `state/${name}.lock`), JSON.stringify(lock))
    },
    (name) => `${name}: running`,
  ],
  [
    'whose journal is damaged',
    ({ outputDir }, name) => writeFileSync(join(outputDir, `state/${name}.jsonl`), 'nonsense\nnonsense\n'),
    (name) => `${name}: damaged`,
  ],
])('keeps what belongs to a run %s', async (_, change, kept) => {
  const { context, name } = await made()
  change(context, name)
  const before = left(context)
  expect(await clean(context, '--yes')).toBe(`0 kept     ${kept(name)}\nNothing to delete.\n`)
  expect(left(context)).toEqual(before)
})

it('keeps what an unfinished run needs', async () => {
  const world = await simulatedWorld()
  const context = runContext()
  const { summary } = await context.live(world, ['--no-upload', '--keep-intermediate', '--ffmpeg', brokenFfmpeg])
  const before = left(context)
  expect(before.length).toBeGreaterThan(0)
  expect(await clean(context, '--yes')).toBe(`0 kept     ${summary.run_name}: failed\nNothing to delete.\n`)
  expect(left(context)).toEqual(before)
})

it('deletes nothing outside the output directory', async () => {
  const { context } = await made()
  const elsewhere = temporaryFolder()
  renameSync(join(context.outputDir, 'videos'), join(elsewhere, 'videos'))
  symlinkSync(join(elsewhere, 'videos'), join(context.outputDir, 'videos'))
  expect(await clean(context, '--yes')).toContain(`Deleted ${FILES - 2} files (`)
  expect(filesIn(elsewhere)).toHaveLength(2)
})

it('deletes old run folders of rehearsals that are done, and only when an age is given', async () => {
  const fault = ['--fault', 'node Decode of job 2: out of memory, always', '--max-retries', '0']
  const cwd = rehearsalFolder()
  const done = await rehearse([], { cwd })
  const failed = await rehearse([...fault, '--seed', '7'], { cwd })
  const young = await rehearse(['--seed', '8'], { cwd })
  const live = join(cwd, 'temp_dry_run_20200101_000000')
  mkdirSync(join(live, 'output/state'), { recursive: true })
  const link = join(cwd, 'temp_dry_run_20200102_000000')
  symlinkSync(temporaryFolder(), link)
  const old = new Date('2026-01-01')
  for (const { folder, files } of [done, failed])
    for (const file of ['', ...files.filter((one) => one.endsWith('.jsonl'))]) utimesSync(join(folder, file), old, old)
  utimesSync(live, old, old)

  expect(await clean({ cwd }, '--yes')).toBe('0 Nothing to delete.\n')
  const said = (await clean({ cwd }, '--yes', '--older-than', '7d')).replaceAll(/[\d.]+ MiB/g, '<size>')
  const short = (folder: string) => folder.replace(cwd, '<cwd>')
  expect(said).toBe(
    [
      `0 kept     ${short(live)}: a live run has written into it`,
      `kept     ${short(failed.folder)}: its rehearsal ${failed.summary.run_name} is failed`,
      `folder   ${short(done.folder)}  <size>: its rehearsal is done`,
      'Deleted 1 run folder (<size>).',
      '',
    ].join('\n'),
  )
  expect([done, failed, young].map(({ folder }) => existsSync(folder))).toEqual([false, true, true])
  expect(existsSync(link)).toBe(true)
})

it.each(['', 'x', '7', '7 days', '-1d'])('refuses the age %j', async (age) => {
  expect(await clean({ cwd: temporaryFolder() }, `--older-than=${age}`)).toMatch(/^2 PR_USAGE: --older-than /)
})

it('keeps a run folder that does not say what it is of, as that of a sweep at work, and deletes that of one that is done', async () => {
  const cwd = temporaryFolder({
    'temp_dry_run_20260101_000000/sweep/001.json': '{}',
    'temp_dry_run_20260101_000001/sweep.json': '{}',
    'temp_dry_run_20260101_000002/notes.txt': 'mine',
  })
  const folders = [0, 1, 2].map((at) => `temp_dry_run_20260101_00000${at}`)
  for (const folder of folders) utimesSync(join(cwd, folder), 0, 0)
  const said = await clean({ cwd }, '--yes', '--older-than', '7d')
  expect(said).toContain('folder   <cwd>/temp_dry_run_20260101_000001  2 B: its rehearsal is done\n')
  for (const kept of [folders[0], folders[2]])
    expect(said).toContain(`kept     <cwd>/${kept}: nothing in it says that its rehearsal is done\n`)
  expect(folders.map((folder) => existsSync(join(cwd, folder)))).toEqual([true, false, true])
})
