import { writeFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { bytesOf, fileSource, fromBytes } from '../../../src/simulators/media/byte-source.ts'
import type { ImageSequence } from '../../../src/simulators/media/image-sequence.ts'
import { mp4 } from '../../../src/simulators/media/mp4.ts'
import { readMp4 } from '../../../src/simulators/media/read-mp4.ts'
import { fc } from '../../support/seeded.ts'
import { distance, frameColours, runTool } from './run-tool.ts'

/** What 8-bit YCbCr and ffmpeg's conversion to RGB lose, in levels of 255. */
const TOLERANCE = 4

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'mp4-'))
})
afterAll(() => rm(folder, { recursive: true }))

function save(request: Parameters<typeof mp4>[0]): string {
  const file = join(folder, `${crypto.randomUUID()}.mp4`)
  writeFileSync(file, bytesOf(mp4(request)))
  return file
}

function probe(file: string): unknown {
  const entries = 'stream=codec_name,pix_fmt,width,height,r_frame_rate,avg_frame_rate,nb_frames,nb_read_frames'
  return JSON.parse(runTool('ffprobe', '-count_frames', '-show_entries', entries, '-of', 'json', file).toString())
    .streams
}

it.each([
  [16, 16, 8, '8/1', [1]],
  [2, 2, 30, '30/1', [2]],
  [480, 848, 16, '16/1', [97]],
  [848, 480, 24, '24/1', [40, 1, 1, 59]],
  [1280, 720, 29.97, '2997/100', [3, 2]],
  [854, 480, 23.976, '2997/125', [5]],
  [638, 362, 60, '60/1', [1, 1, 1]],
  [1920, 1080, 25, '25/1', [2, 3]],
  [64, 64, 16, '16/1', [500]],
  [160, 96, 16, '16/1', [10_000]],
] as const)('ffmpeg decodes every frame of %ix%i at %d fps', (width, height, fps, rate, counts) => {
  const segments = counts.map((frames, index) => ({ frames, colour: [0xd03010, 0x20a060, 0x1040e0, 0xf0f0f0][index]! }))
  const frames = counts.reduce<number>((sum, count) => sum + count, 0)
  const file = save({ images: { width, height, segments }, fps })
  expect(probe(file)).toEqual([
    {
      codec_name: 'h264',
      pix_fmt: 'yuv420p',
      width,
      height,
      r_frame_rate: rate,
      avg_frame_rate: rate,
      nb_frames: String(frames),
      nb_read_frames: String(frames),
    },
  ])
  const colours = frameColours(file)
  const expected = segments.flatMap((segment) => new Array<number>(segment.frames).fill(segment.colour))
  expect(colours.length).toBe(expected.length)
  expect(Math.max(...colours.map((colour, index) => distance(colour, expected[index]!)))).toBeLessThanOrEqual(TOLERANCE)
})

it('comes back in any colour', () => {
  const levels = [0, 1, 64, 127, 128, 200, 255]
  const colours = levels.flatMap((r) => levels.flatMap((g) => levels.map((b) => (r << 16) | (g << 8) | b)))
  const file = save({
    images: { width: 32, height: 32, segments: colours.map((colour) => ({ frames: 1, colour })) },
    fps: 16,
  })
  const seen = frameColours(file)
  expect(seen.length).toBe(colours.length)
  expect(Math.max(...seen.map((colour, index) => distance(colour, colours[index]!)))).toBeLessThanOrEqual(TOLERANCE)
})

it('is flat from edge to edge', () => {
  const file = save({ images: { width: 854, height: 480, segments: [{ frames: 40, colour: 0x3080c0 }] }, fps: 16 })
  const last = runTool('ffmpeg', '-i', file, '-vf', 'select=eq(n\\,39)', '-f', 'rawvideo', '-pix_fmt', 'yuv420p', '-')
  expect(new Set(last.subarray(0, 854 * 480)).size).toBe(1)
  expect(new Set(last.subarray(854 * 480, 854 * 480 * 1.25)).size).toBe(1)
  expect(last.length).toBe(854 * 480 * 1.5)
})

it('carries tags that ffprobe shows', () => {
  const prompt = '{"1": {"class_type": "LoadVideo", "text": "żółw"}}'
  const images = { width: 16, height: 16, segments: [{ frames: 1, colour: 0 }] }
  const file = save({ images, fps: 16, tags: { prompt, workflow: '{}' } })
  const { format } = JSON.parse(runTool('ffprobe', '-show_entries', 'format_tags', '-of', 'json', file).toString())
  expect(format.tags).toEqual({
    major_brand: 'isom',
    minor_version: '512',
    compatible_brands: 'isomiso2avc1mp41',
    prompt,
    workflow: '{}',
  })
})

it.each([
  [{ width: 639, height: 361, segments: [{ frames: 1, colour: 0 }] }, 'needs an even width and height, got 639x361'],
  [{ width: 64, height: 64, segments: [{ frames: 0, colour: 0 }] }, 'a video has at least one frame'],
])('refuses what H.264 in 4:2:0 cannot hold', (images, message) => {
  expect(() => mp4({ images, fps: 16 })).toThrow(message)
})

const batches: fc.Arbitrary<ImageSequence> = fc.record({
  width: fc.integer({ min: 1, max: 100 }).map((half) => half * 2),
  height: fc.integer({ min: 1, max: 100 }).map((half) => half * 2),
  segments: fc.array(
    fc.record({ frames: fc.integer({ min: 1, max: 300 }), colour: fc.integer({ min: 0, max: 0xffffff }) }),
    { minLength: 1, maxLength: 5 },
  ),
})

it('reads any range as that slice of the whole', () => {
  fc.assert(
    fc.property(
      batches,
      fc.double({ min: 0, max: 1, noNaN: true }),
      fc.double({ min: 0, max: 1, noNaN: true }),
      (images, a, b) => {
        const source = mp4({ images, fps: 16 })
        const whole = bytesOf(source)
        expect(whole.length).toBe(source.size)
        const [start, end] = [a, b].map((part) => Math.floor(part * source.size)).toSorted((x, y) => x - y)
        expect(Buffer.compare(bytesOf(source, start, end), whole.subarray(start, end))).toBe(0)
      },
    ),
  )
})

it('is read back as what it was made of', () => {
  fc.assert(
    fc.property(batches, fc.constantFrom(8, 16, 23.976, 24, 29.97, 30, 60), (images, fps) => {
      expect(readMp4(mp4({ images, fps, tags: { prompt: '{}' } }))).toEqual({ images, fps })
    }),
  )
})

it('reads videos of other programs, index at the end included', () => {
  const file = join(folder, 'other.mp4')
  runTool('ffmpeg', '-f', 'lavfi', '-i', 'testsrc=size=64x48:rate=24:duration=1.5', '-c:v', 'mpeg4', file)
  const other = runTool(
    'ffmpeg',
    '-i',
    file,
    '-c',
    'copy',
    '-movflags',
    '+faststart',
    '-f',
    'mov',
    join(folder, 'other.mov'),
  )
  expect(other.length).toBe(0)
  const facts = { images: { width: 64, height: 48, segments: [{ frames: 36, colour: 0x808080 }] }, fps: 24 }
  for (const name of ['other.mp4', 'other.mov']) expect(readMp4(fileSource(join(folder, name)))).toEqual(facts)
})

it('gives null for anything that is no complete video', () => {
  const whole = bytesOf(mp4({ images: { width: 16, height: 16, segments: [{ frames: 5, colour: 0 }] }, fps: 16 }))
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 500 }), fc.uint8Array({ maxLength: 200 }), (length, noise) => {
      expect(readMp4(fromBytes(whole.subarray(0, length)))).toBeNull()
      expect(readMp4(fromBytes(noise))).toBeNull()
    }),
  )
})
