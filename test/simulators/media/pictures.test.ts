import { readFileSync, writeFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { type ByteSource, bytesOf, fileSource, fromBytes } from '../../../src/simulators/media/byte-source.ts'
import { jpeg } from '../../../src/simulators/media/jpeg.ts'
import { png } from '../../../src/simulators/media/png.ts'
import { readImage } from '../../../src/simulators/media/read-image.ts'
import { webp } from '../../../src/simulators/media/webp.ts'
import { fc } from '../../support/seeded.ts'
import { distance, runTool } from './run-tool.ts'

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'pictures-'))
})
afterAll(() => rm(folder, { recursive: true }))

function save(name: string, source: ByteSource): string {
  const file = join(folder, name)
  writeFileSync(file, bytesOf(source))
  return file
}

const makers = {
  png: (width: number, height: number, colour: number) => png({ width, height, colour }),
  'alpha.png': (width: number, height: number, colour: number) => png({ width, height, colour, alpha: 128 }),
  jpg: (width: number, height: number, colour: number) => jpeg({ width, height, colour }),
  webp: (width: number, height: number, colour: number) => webp({ width, height, colour }),
  'alpha.webp': (width: number, height: number, colour: number) => webp({ width, height, colour, alpha: 128 }),
}

const pictures = [
  [1, 1, 0xc0ffee],
  [7, 3, 0xff0080],
  [512, 288, 0x000000],
  [480, 848, 0x3366cc],
  [1921, 1083, 0xffffff],
] as const

it.each(Object.entries(makers))('ffmpeg decodes .%s of any size in its colour', (extension, make) => {
  const files = pictures.map(([width, height, colour]) =>
    save(`${width}x${height}.${extension}`, make(width, height, colour)),
  )
  // All in one process, for it takes longer to start than to decode.
  const outputs = files.flatMap((file, input) => [
    '-map',
    `${input}`,
    '-f',
    'rawvideo',
    '-pix_fmt',
    'rgb24',
    `${file}.rgb`,
  ])
  runTool('ffmpeg', ...files.flatMap((file) => ['-i', file]), ...outputs)
  for (const [index, [width, height, colour]] of pictures.entries()) {
    const rgb = readFileSync(`${files[index]}.rgb`)
    expect(rgb.length).toBe(width * height * 3)
    expect(Buffer.alloc(rgb.length, rgb.subarray(0, 3)).equals(rgb)).toBe(true)
    expect(distance(rgb.readUIntBE(0, 3), colour)).toBeLessThanOrEqual(extension === 'jpg' ? 2 : 0)
  }
})

it('a PNG keeps its text, whatever the script', () => {
  const text = { prompt: '{"1": {"class_type": "SaveImage"}}', note: 'żółw 日本' }
  const file = save('text.png', png({ width: 4, height: 4, colour: 0, text }))
  const shown = runTool('ffprobe', '-show_entries', 'frame_tags', '-of', 'json', file)
  // ffprobe 5 shows tEXt; iTXt is looked for in the bytes.
  expect(JSON.parse(shown.toString()).frames).toEqual([{ tags: { prompt: text.prompt } }])
  expect(
    Buffer.from(bytesOf(png({ width: 4, height: 4, colour: 0, text }))).includes('iTXtnote\0\0\0\0\0żółw 日本'),
  ).toBe(true)
})

it('sizes are read back from the header', () => {
  const side = fc.integer({ min: 1, max: 3000 })
  fc.assert(
    fc.property(side, side, fc.integer({ min: 0, max: 0xffffff }), (width, height, colour) => {
      const unknown = 0x808080
      const seen = Object.values(makers).map((make) => readImage(make(width, height, colour)))
      expect(seen).toEqual([
        { width, height, colour, alpha: false },
        { width, height, colour, alpha: true },
        { width, height, colour: unknown, alpha: false },
        { width, height, colour: unknown, alpha: false },
        { width, height, colour: unknown, alpha: true },
      ])
    }),
    { numRuns: 20 },
  )
})

it('pictures of other programs are read too', () => {
  const source = ['-f', 'lavfi', '-i', 'color=c=0x204060:size=70x50:rate=1:duration=1,format=rgb24', '-frames:v', '1']
  for (const [name, ...options] of [
    ['a.png', '-pix_fmt', 'rgb24'],
    ['b.jpg', '-pix_fmt', 'yuvj420p'],
    ['c.webp'],
    ['d.webp', '-lossless', '1'],
  ]) {
    runTool('ffmpeg', ...source, ...options, join(folder, name!))
  }
  const facts = ['a.png', 'b.jpg', 'c.webp', 'd.webp'].map((name) => readImage(fileSource(join(folder, name))))
  const other = { width: 70, height: 50, colour: 0x808080, alpha: false }
  expect(facts).toEqual([{ ...other, colour: 0x204060 }, other, other, other])
})

it('anything else is no picture', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
      expect(readImage(fromBytes(bytes))).toBeNull()
    }),
  )
})
