import { join } from 'node:path'
import { expect, it } from 'vitest'
import { fileSource } from '../../src/simulators/media/byte-source.ts'
import { frameCount } from '../../src/simulators/media/image-sequence.ts'
import { readMp4 } from '../../src/simulators/media/read-mp4.ts'
import { decoded, segmentLengths } from '../support/film.ts'
import { type Json, promptFile, rehearse } from '../support/rehearse.ts'

/** What is asked for here is counted in frames; example.test.ts has the usual size. */
const tiny = ['--width', '64', '--height', '96']

it('renders 153 frames and keeps 150 with --frames-per-chunk 150', async () => {
  const run = await rehearse(['--frames-per-chunk', '150', ...tiny])
  expect(run.exitCode).toBe(0)
  const { jobs } = run.json(run.files.find((file) => file.startsWith('render_jobs/'))!)
  expect(jobs.map((job: Json) => [job.start_frame, job.frames_to_render, job.frames_to_keep])).toEqual(
    [
      [0, 153, 150],
      [150, 153, 150],
      [300, 153, 150],
      [450, 53, 50],
    ].flatMap((chunk) => [chunk, chunk]),
  )
  const film = join(run.folder, 'output/final/lighthouse.mp4')
  expect(decoded(film)).toEqual({ frames: 500, width: 64, height: 96, fps: 16 })
  expect(segmentLengths(film)).toEqual([150, 150, 150, 50])
})

it('delivers odd totals, all in one run', async () => {
  const totals = [1, 2, 33, 102, 203]
  const files = Object.fromEntries(
    totals.map((total) => [`prompt_files/${total}.txt`, promptFile(`film ${total}`, total)]),
  )
  const run = await rehearse(['--width', '128', '--height', '96'], { files })
  expect(run.exitCode).toBe(0)
  expect(run.summary.frames.kept).toBe(341)
  for (const total of totals) {
    const film = join(run.folder, `output/final/film ${total}.mp4`)
    expect(decoded(film)).toEqual({ frames: total, width: 128, height: 96, fps: 16 })
    expect(frameCount(readMp4(fileSource(film))!.images)).toBe(total)
  }
})

it.each([
  [['--width', '1280', '--height', '720', '--fps', '24'], { width: 1280, height: 720, fps: 24 }],
  [['--width', '16', '--height', '16', '--fps', '30'], { width: 16, height: 16, fps: 30 }],
  [['--width', '832', '--height', '480', '--fps', '12.5'], { width: 832, height: 480, fps: 12.5 }],
])('has the real ffmpeg look at every video with %j', async (flags, size) => {
  const files = { 'prompt_files/otter.txt': promptFile('otter', 70) }
  const run = await rehearse([...flags, '--real-ffmpeg', '--frames-per-chunk', '41'], { files })
  expect(`${run.exitCode} ${run.stderr}`).toBe('0 ')
  expect(decoded(join(run.folder, 'output/final/otter.mp4'))).toEqual({ frames: 70, ...size })
  expect(run.summary.rehearsal.not_simulated.join()).not.toContain('ffmpeg')
})

it('runs the templates of others by their bindings alone', async () => {
  const workflows = new URL('../../fixtures/workflows/vhs', import.meta.url).pathname
  const run = await rehearse(['--workflows', workflows, ...tiny])
  expect(`${run.exitCode} ${run.stderr}`).toBe('0 ')
  const classes = new Set(
    run.files
      .filter((file) => file.startsWith('workflows/'))
      .flatMap((file) => Object.values<Json>(run.json(file).workflow).map((node) => node.class_type)),
  )
  expect(classes.isSupersetOf(new Set(['VHS_VideoCombine', 'VHS_LoadVideo']))).toBe(true)
  expect(run.summary.rehearsal.synthetic_classes).toContain('VHS_VideoCombine')
  const film = join(run.folder, 'output/final/lighthouse.mp4')
  expect(decoded(film)).toEqual({ frames: 500, width: 64, height: 96, fps: 16 })
  expect(segmentLengths(film)).toEqual([101, 101, 101, 101, 96])
})
