import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { createMediaClient } from '../../src/clients/ffmpeg.ts'
import { checkControlVideos } from '../../src/planning/control-videos.ts'
import { failure } from '../support/failure.ts'
import { planOf } from '../support/plans.ts'
import { temporaryFolder } from '../support/rehearse.ts'

const pan = 'fixtures/prompt_files/films/pan.mp4'
const film = (totalFrames: number, controlVideo: string) =>
  planOf('otter', totalFrames, { overrides: { controlVideo } })

/** Nobody may ask it. */
const noMedia = createMediaClient({ ffmpeg: 'ffmpeg', ffprobe: 'ffprobe', run: () => Promise.reject(new TypeError()) })

it('counts an MP4 without ffprobe, and tells of all that are too short', async () => {
  expect(await checkControlVideos([film(162, pan), planOf('heron')], noMedia)).toEqual([])
  expect(await failure(() => checkControlVideos([film(163, pan), film(500, pan)], noMedia))).toEqual({
    code: 'PR_PLAN',
    message: 'A control video does not fit its film.',
    problems: [163, 500].map((frames) => ({
      file: 'otter.txt',
      message: `The control video ${pan} has 162 frames and the film ${frames}: the rest would be rendered without it.`,
      hint: `Give a control video of at least ${frames} frames, or ask for a film of at most 162.`,
    })),
  })
})

it('has anything else counted by ffprobe, and believes its refusal', async () => {
  const folder = temporaryFolder()
  const video = join(folder, 'dance.webm')
  writeFileSync(video, 'no video')
  const stream = { width: 64, height: 64, r_frame_rate: '16/1', nb_read_packets: '9' }
  const probed = (exitCode: number) =>
    createMediaClient({
      ffmpeg: 'ffmpeg',
      ffprobe: 'ffprobe',
      run: async () => ({ exitCode, stdout: JSON.stringify({ streams: [stream] }), stderr: 'Invalid data found\n' }),
    })
  expect(await checkControlVideos([film(9, video)], probed(0))).toEqual([])
  const problems = async (exitCode: number) =>
    (await failure(() => checkControlVideos([film(10, video)], probed(exitCode)))).problems
  expect(await problems(0)).toMatchObject([{ message: expect.stringContaining('has 9 frames and the film 10') }])
  expect(await problems(1)).toMatchObject([
    { message: `the frames of ${video} cannot be read: ffprobe ended with 1: Invalid data found.` },
  ])
})

it('warns when there is no ffprobe to ask', async () => {
  const video = join(temporaryFolder({ 'dance.webm': 'no video' }), 'dance.webm')
  const media = createMediaClient({ ffmpeg: 'ffmpeg', ffprobe: '/nowhere/ffprobe' })
  expect(await checkControlVideos([film(9, video)], media)).toEqual([
    `whether the control video of otter is long enough is not known: the frames of ${video} cannot be read: /nowhere/ffprobe cannot be started (ENOENT)`,
  ])
})
