import { readFileSync, writeFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { extractFrameArguments, probeArguments } from '../../src/domain/ffmpeg-arguments.ts'
import { ffmpegSimulator } from '../../src/simulators/ffmpeg-simulator.ts'
import { bytesOf, fileSource } from '../../src/simulators/media/byte-source.ts'
import { mp4 } from '../../src/simulators/media/mp4.ts'
import { readImage } from '../../src/simulators/media/read-image.ts'
import { distance, runTool } from './media/run-tool.ts'

let folder: string
let video: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ffmpeg-'))
  video = join(folder, 'film.mp4')
  const segments = [
    { frames: 91, colour: 0xc02040 },
    { frames: 6, colour: 0x20c040 },
  ]
  writeFileSync(video, bytesOf(mp4({ images: { width: 480, height: 848, segments }, fps: 29.97 })))
  writeFileSync(join(folder, 'notes.txt'), 'no video')
})
afterAll(() => rm(folder, { recursive: true }))

it('probes like ffprobe', async () => {
  const args = probeArguments(video)
  const { exitCode, stdout, stderr } = await ffmpegSimulator().run('ffprobe', args)
  expect([exitCode, stderr]).toEqual([0, ''])
  expect(JSON.parse(stdout)).toEqual(JSON.parse(runTool('ffprobe', ...args).toString()))
})

it.each([0, 90, 91, 96])('extracts frame %i as ffmpeg does', async (frame) => {
  const ours = join(folder, `ours-${frame}.png`)
  const theirs = join(folder, `theirs-${frame}.png`)
  const left = await ffmpegSimulator().run('ffmpeg', extractFrameArguments({ video, frame, png: ours }))
  runTool('ffmpeg', ...extractFrameArguments({ video, frame, png: theirs }))
  expect(left).toEqual({ exitCode: 0, stdout: '', stderr: '' })
  const [one, other] = [ours, theirs].map((file) => readImage(fileSource(file))!)
  expect({ ...one, colour: 0 }).toEqual({ ...other, colour: 0 })
  expect(distance(one!.colour, other!.colour)).toBeLessThanOrEqual(4)
})

it('writes nothing for a frame beyond the end, and is content like ffmpeg', async () => {
  const png = join(folder, 'beyond.png')
  const left = await ffmpegSimulator().run('ffmpeg', extractFrameArguments({ video, frame: 97, png }))
  expect(left).toEqual({ exitCode: 0, stdout: '', stderr: '' })
  expect(() => readFileSync(png)).toThrow('ENOENT')
})

it.each([
  ['missing.mp4', 'No such file or directory'],
  ['notes.txt', 'Invalid data found when processing input'],
  ['', 'Is a directory'],
])('fails on %j with the reason of ffmpeg', async (name, reason) => {
  const file = join(folder, name)
  const probed = await ffmpegSimulator().run('ffprobe', probeArguments(file))
  expect(probed).toEqual({ exitCode: 1, stdout: '{\n\n}\n', stderr: `${file}: ${reason}\n` })
  const extracted = await ffmpegSimulator().run(
    'ffmpeg',
    extractFrameArguments({ video: file, frame: 0, png: '/x.png' }),
  )
  expect(extracted).toEqual({ exitCode: 1, stdout: '', stderr: `${file}: ${reason}\n` })
})

it('fails when the picture cannot be written', async () => {
  const png = join(folder, 'nowhere', 'x.png')
  const left = await ffmpegSimulator().run('ffmpeg', extractFrameArguments({ video, frame: 0, png }))
  expect(left.exitCode).toBe(1)
  expect(left.stderr).toContain(`Could not open file : ${png}`)
})

it('keeps what it has no answer to', async () => {
  const simulator = ffmpegSimulator()
  const left = await simulator.run('ffmpeg', ['-i', 'a.mp4', 'a.gif'])
  expect(left).toEqual({
    exitCode: 1,
    stdout: '',
    stderr: 'the ffmpeg simulator knows no such command line: ffmpeg -i a.mp4 a.gif\n',
  })
  expect(simulator.unmatched).toEqual(['ffmpeg -i a.mp4 a.gif'])
})
