import { execFileSync } from 'node:child_process'
import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { promptFile, rehearse } from '../support/rehearse.ts'
import { runContext } from '../support/run-context.ts'
import { stored, worldWithFaults } from '../support/simulated-world.ts'

const small = ['--width', '64', '--height', '64', '--combine', 'once']

/** Frames of a video, by the ffprobe of this machine. */
const framesOf = (video: string): string =>
  execFileSync(
    'ffprobe',
    '-v error -select_streams v:0 -count_frames -show_entries stream=nb_read_frames -of csv=p=0'
      .split(' ')
      .concat(video),
    { encoding: 'utf8' },
  ).trim()

it.each([
  ['without an encode where no frame is cut', 39, '13', 'without an encode'],
  ['in one encode where frames are cut in the middle and at the end', 35, '12', 'in one encode: frames have to be cut'],
])('joins chunks here, %s', async (_, frames, length, how) => {
  const files = { 'prompt_files/otter.txt': promptFile('otter', frames) }
  const flags = [...small, '--frames-per-chunk', length, '--no-upload', '--real-ffmpeg']
  const { exitCode, stderr, stdout, summary, folder, files: made, json } = await rehearse(flags, { files })
  expect([exitCode, stderr]).toEqual([0, ''])
  expect(stdout).toContain(`+ joined here by ffmpeg, ${how}`)
  expect(summary.jobs).toMatchObject({ total: 6, render: 6, combine: 0, done: 6 })
  expect(framesOf(join(folder, 'output/final/otter.mp4'))).toBe(String(frames))
  expect(readdirSync(join(folder, 'output/combined'))).toEqual([])
  const jobs = made.find((path) => path.startsWith('combine_jobs/'))!
  expect(json(jobs)).toMatchObject({ job_type: 'combine', total_jobs: 0, jobs: [] })
})

it('tells the simulated ffmpeg what the real one does', async () => {
  const files = { 'prompt_files/otter.txt': promptFile('otter', 35) }
  const { exitCode, folder } = await rehearse([...small, '--frames-per-chunk', '12', '--no-upload'], { files })
  expect([exitCode, framesOf(join(folder, 'output/final/otter.mp4'))]).toEqual([0, '35'])
})

it('goes on with the chunks that are done when joining them has failed, and pays for none twice', async () => {
  const world = await worldWithFaults(['ffmpeg of film: fail with 3'])
  const context = runContext()
  const failed = await context.live(world, ['--combine', 'once'])
  const [{ problems }] = failed.summary.failures
  expect([failed.exitCode, problems[0].message]).toEqual([
    1,
    expect.stringMatching(
      /^PR_FFMPEG: joining 2 videos into .*\/combined\/otter_.*_combine_002\.mp4 failed: ffmpeg ended with 3: /,
    ),
  ])
  const name: string = failed.summary.run_name
  const done = await context.live(world, ['--combine', 'once', '--resume', name])
  expect([done.exitCode, world.taken]).toEqual([0, [1, 2, 3, 4]])
  expect((await stored(world, `june/otter/${name}/otter.mp4`)).length).toBeGreaterThan(0)
  expect(existsSync(join(context.outputDir, 'final/otter.mp4'))).toBe(true)
  expect(context.files().filter((path) => /^(?:videos|combined|references)\//.test(path))).toEqual([])
})

it('encodes once when the streams do not fit together', async () => {
  const world = await worldWithFaults(['ffmpeg of film: fail with 1 saying "no common codec"'])
  const context = runContext({ 'prompt_files/otter.txt': promptFile('otter', 26) })
  const { exitCode, summary } = await context.live(world, ['--combine', 'once'])
  expect([exitCode, summary.warnings]).toEqual([
    0,
    [expect.stringMatching(/ended with 1: no common codec; the chunks are encoded once instead$/)],
  ])
})
