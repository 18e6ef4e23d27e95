import { execFileSync, spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { beforeAll, expect, it } from 'vitest'
import { createMediaClient } from '../../src/clients/ffmpeg.ts'

const folder = mkdtempSync(join(tmpdir(), 'ffmpeg-'))
const media = createMediaClient({ ffmpeg: 'ffmpeg', ffprobe: 'ffprobe' })

/** A video whose frame n is a grey of luma 16 + 16 n, which is a brightness of 16 n × 255 / 219. */
function greys(name: string, frames: number, ...options: string[]): string {
  const path = join(folder, name)
  const grey = `nullsrc=s=64x48:r=16,geq=lum='16+16*N':cb=128:cr=128`
  execFileSync('ffmpeg', [
    ...['-v', 'error', '-y', '-f', 'lavfi', '-i', grey],
    '-frames:v',
    String(frames),
    ...options,
    path,
  ])
  return path
}

/** Brightness of the middle of a picture. */
function brightness(png: string): number {
  const raw = ['-v', 'error', '-f', 'png_pipe', '-i', '-', '-f', 'rawvideo', '-pix_fmt', 'gray', '-']
  return execFileSync('ffmpeg', raw, { input: readFileSync(png) })[24 * 64 + 32]!
}

beforeAll(() => {
  try {
    execFileSync('ffmpeg', ['-version'])
  } catch {
    throw new Error('these tests need ffmpeg: apt-get install ffmpeg, or brew install ffmpeg')
  }
})

it.each([
  ['with frames between key frames', ['-c:v', 'libx264', '-bf', '2', '-g', '12']],
  ['of key frames only', ['-c:v', 'mjpeg']],
])('extracts exactly the frame that is asked for from a video %s', async (name, options) => {
  const video = greys(`${name}.mkv`, 12, '-pix_fmt', 'yuvj420p', ...options)
  for (const frame of [0, 1, 7, 11]) {
    const png = join(folder, '100%d frame.png')
    await media.extractFrame(video, frame, png)
    expect(readFileSync(png).subarray(1, 4).toString()).toBe('PNG')
    expect(Math.abs(brightness(png) - (16 * frame * 255) / 219)).toBeLessThan(5)
  }
})

it('says that a video has no such frame, also when an older picture lies there', async () => {
  const video = greys('short.mp4', 5)
  const png = join(folder, 'reference.png')
  writeFileSync(png, 'an older picture')
  await expect(media.extractFrame(video, 5, png)).rejects.toMatchObject({
    code: 'PR_FFMPEG',
    message: `frame 5 of ${video} cannot be extracted: the video has no such frame`,
    hint: 'the video is shorter than planned: look at it, then render its chunk again',
  })
})

it('probes count, rate and size', async () => {
  expect(await media.probe(greys('probed.mp4', 9))).toEqual({ frames: 9, fps: 16, width: 64, height: 48 })
  const fraction = greys('fraction.mp4', 4, '-r', '24000/1001')
  expect((await media.probe(fraction)).fps).toBeCloseTo(23.976, 3)
})

it('says what ffprobe finds wrong with a file', async () => {
  const broken = join(folder, 'broken.mp4')
  writeFileSync(broken, 'no video')
  await expect(media.probe(broken)).rejects.toMatchObject({
    code: 'PR_FFMPEG',
    message: `the frames of ${broken} cannot be read: ffprobe ended with 1: ${broken}: Invalid data found when processing input`,
  })
})

it('names the command that failed as a shell takes it', async () => {
  const broken = join(folder, "it's no video.mp4")
  writeFileSync(broken, 'no video')
  const { hint } = await media.extractFrame(broken, 3, join(folder, 'none.png')).catch((error) => error)
  const [, command = ''] = /try: (.*)$/.exec(hint) ?? []
  const said = spawnSync('sh', ['-c', command], { encoding: 'utf8' }).stderr
  expect(said).toContain(`${broken}: Invalid data found when processing input`)
})

it('says that a file has no video', async () => {
  const sound = join(folder, 'sound.wav')
  execFileSync('ffmpeg', ['-v', 'error', '-f', 'lavfi', '-i', 'sine=d=0.1', sound])
  await expect(media.probe(sound)).rejects.toMatchObject({ code: 'PR_FFMPEG', message: `${sound} has no video stream` })
})

it('says how to get ffmpeg when it is missing', async () => {
  const nowhere = createMediaClient({ ffmpeg: '/nowhere/ffmpeg', ffprobe: '/nowhere/ffprobe' })
  await expect(nowhere.extractFrame('in.mp4', 3, join(folder, 'out.png'))).rejects.toMatchObject({
    code: 'PR_FFMPEG',
    message: 'frame 3 of in.mp4 cannot be read: /nowhere/ffmpeg cannot be started (ENOENT)',
    hint: 'install ffmpeg (apt-get install ffmpeg, brew install ffmpeg), or say where it is with --ffmpeg',
  })
  await expect(nowhere.probe('in.mp4')).rejects.toMatchObject({
    hint: 'install ffmpeg (apt-get install ffmpeg, brew install ffmpeg), or say where it is with --ffprobe',
  })
})

it('says that a program was stopped from outside', async () => {
  const killed = createMediaClient({ ffmpeg: 'ffmpeg', ffprobe: join(folder, 'killed') })
  writeFileSync(join(folder, 'killed'), '#!/bin/sh\nkill -9 $$\n', { mode: 0o755 })
  await expect(killed.probe('in.mp4')).rejects.toMatchObject({
    code: 'PR_FFMPEG',
    message: `the frames of in.mp4 cannot be read: ${join(folder, 'killed')} ended with 137`,
  })
})

it('stops a program with the reason of its signal', async () => {
  const abort = new AbortController()
  const probing = media.probe(greys('stopped.mp4', 5), abort.signal)
  abort.abort(new Error('cancelled'))
  await expect(probing).rejects.toThrow('cancelled')
})

it('asks whatever runs its programs', async () => {
  const asked: (readonly string[])[] = []
  const simulated = createMediaClient({
    ffmpeg: 'ffmpeg',
    ffprobe: 'ffprobe',
    async run(command, args) {
      asked.push([command, ...args])
      if (command === 'ffmpeg') writeFileSync(args.at(-1)!, 'a picture')
      const stream = { width: 480, height: 848, r_frame_rate: '16/1', nb_read_packets: '101' }
      return { exitCode: 0, stdout: JSON.stringify({ programs: [], streams: [stream] }), stderr: '' }
    },
  })
  const png = join(folder, 'simulated.png')
  await simulated.extractFrame('/videos/chunk_001.mp4', 91, png)
  expect(await simulated.probe('/videos/chunk_001.mp4')).toEqual({ frames: 101, fps: 16, width: 480, height: 848 })
  expect(asked).toHaveLength(2)
})

it('says that a video that was cut off has no frames to count', async () => {
  const whole = readFileSync(greys('whole.mp4', 5, '-movflags', '+faststart'))
  const video = join(folder, 'cut.mp4')
  writeFileSync(video, whole.subarray(0, whole.indexOf('mdat') + 4))
  await expect(media.probe(video)).rejects.toMatchObject({
    code: 'PR_FFMPEG',
    message: `the frames of ${video} cannot be counted: ffprobe finds none that is whole`,
    hint: 'the file was cut off or damaged: render it again, or give another one',
  })
})
