import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { runPr } from '../cli/run-pr.ts'
import { decoded, segmentLengths } from '../support/film.ts'
import { filesIn, promptFile, temporaryFolder } from '../support/rehearse.ts'
import { type Serving, startServing } from '../support/serving.ts'

/**
 * What a dry run rehearses, done for real: the same program without --dry-run, over loopback, with the real ffmpeg.
 * Uploads are left out here: Google's addresses are not for a configuration to change. `live-upload.test.ts` has them.
 */
let serving: Serving
let env: Record<string, string>
beforeAll(async () => {
  serving = await startServing()
  env = { COMFYUI_URL: serving.facts.addresses['comfyui']! }
})
afterAll(() => serving.stop())

const files = { 'prompt_files/otter.txt': promptFile('otter', 150) }

it('renders, combines and keeps what is not uploaded', async () => {
  const run = await runPr(['--yes', '--json', '--no-upload'], { cwd: temporaryFolder(files), env })
  expect(run.stderr).toBe('')
  const summary = JSON.parse(run.stdout)
  const name = summary.run_name
  const film = join(run.cwd, 'output/prompt-runner/final/otter.mp4')
  expect(summary).toMatchObject({
    dry_run: false,
    ok: true,
    folder: null,
    rehearsal: null,
    jobs: { total: 6, done: 6 },
    frames: { rendered: 150, kept: 150 },
    videos: [{ film, objects: [] }],
  })
  expect(decoded(film)).toEqual({ frames: 150, width: 480, height: 848, fps: 16 })
  expect(segmentLengths(film)).toEqual([101, 49])
  expect(filesIn(join(run.cwd, 'output/prompt-runner'))).toEqual([
    `combined/otter_${name}_combine_002.mp4`,
    'final/otter.mp4',
    `references/otter_${name}_chunk_002_reference.png`,
    `state/cleanup_otter_${name}.json`,
    `state/${name}.jsonl`,
    `videos/otter_${name}_chunk_001.mp4`,
    `videos/otter_${name}_chunk_002.mp4`,
  ])
})

it('keeps two runs of one video apart, and rehearses going on with the first', async () => {
  const cwd = temporaryFolder(files)
  const live = async (...flags: string[]) => {
    const { stdout } = await runPr(['--yes', '--json', '--no-upload', ...flags], { cwd, env })
    return JSON.parse(stdout)
  }
  const first = await live()
  const second = await live('--seed', '5')
  expect(second.run_name).not.toBe(first.run_name)
  const videos = filesIn(join(cwd, 'output/prompt-runner/videos'))
  expect(videos).toEqual(
    [first, second]
      .flatMap(({ run_name }) => [1, 2].map((chunk) => `otter_${run_name}_chunk_00${chunk}.mp4`))
      .toSorted(),
  )

  const before = filesIn(join(cwd, 'output'))
  const rehearsed = await runPr(['--dry-run', '--json', '--resume', first.run_name], { cwd })
  expect(JSON.parse(rehearsed.stdout)).toMatchObject({
    run_name: first.run_name,
    jobs: { done: 0, skipped: 6 },
    uploads: { videos: 1, manifests: 1 },
  })
  expect(filesIn(join(cwd, 'output'))).toEqual(before)

  const resumed = await live('--resume', first.run_name)
  expect(resumed).toMatchObject({ run_name: first.run_name, jobs: { done: 0, skipped: 6 } })
})

it('does not take what was only rehearsed for done', async () => {
  const cwd = temporaryFolder(files)
  const rehearsal = JSON.parse((await runPr(['--dry-run', '--json'], { cwd })).stdout)
  const flags = ['--output-dir', rehearsal.folder, '--resume', 'otter', '--yes', '--no-upload']
  const before = filesIn(rehearsal.folder)
  const { exitCode, stderr } = await runPr(flags, { cwd, env })
  expect(stderr).toBe(
    [
      `PR_STATE: --resume ${rehearsal.run_name}: this was a dry run, so none of it is done`,
      '  hint: Start a new run without --resume, or give --dry-run to go on with the rehearsal.',
      '',
    ].join('\n'),
  )
  expect([exitCode, filesIn(rehearsal.folder)]).toEqual([2, before])
})

it('shows server and plan, and starts nothing when nobody agrees', async () => {
  const run = await runPr(['--no-upload'], { cwd: temporaryFolder(files), env })
  expect(run.exitCode).toBe(2)
  expect(run.stdout).toMatch(/\nRun [a-z]+-[a-z]+ on http:\/\/127\.0\.0\.1:\d+\/: ComfyUI 0\.3\.64, cpu\n$/)
  expect(run.stderr).toBe(
    'PR_NOT_CONFIRMED: "Start?" cannot be asked: there is no terminal to answer on\n  hint: give --yes to run without asking, or --dry-run to rehearse\n',
  )
  expect(filesIn(run.cwd)).toEqual(Object.keys(files))
})

it('says that ComfyUI does not answer, and leaves nothing behind', async () => {
  const cwd = temporaryFolder(files)
  const run = await runPr(['--yes', '--no-upload'], { cwd, env: { COMFYUI_URL: 'http://127.0.0.1:9' } })
  expect(run.exitCode).toBe(1)
  expect(run.stderr).toContain('hint: start ComfyUI, or give its address with --comfyui-url')
  expect(filesIn(run.cwd)).toEqual(Object.keys(files))
})

it('says how to go on with a run that failed', async () => {
  const flags = ['--yes', '--json', '--no-upload', '--ffmpeg', 'false']
  const { cwd, stdout } = await runPr(flags, { cwd: temporaryFolder(files), env })
  const { failures, run_name } = JSON.parse(stdout)
  expect(failures).toMatchObject([
    {
      code: 'PR_RUN_FAILED',
      hint: `--resume ${run_name} --output-dir ${join(cwd, 'output/prompt-runner')} goes on from there.`,
    },
  ])
})
