import { crc32, deflateSync } from 'node:zlib'
import { type ByteSource, remade } from './byte-source.ts'
import { type Colour, channels } from './colour.ts'

export interface StillImage {
  readonly width: number
  readonly height: number
  readonly colour: Colour
}

export interface PngRequest extends StillImage {
  /** 0 transparent … 255 opaque; without it the image has no alpha channel. */
  readonly alpha?: number
  /** Text chunks, as ComfyUI writes `prompt` and the extra PNG info. */
  readonly text?: Readonly<Record<string, string>>
}

const SIGNATURE = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]

/** A PNG in one colour, 8 bits a channel, made when its size or bytes are first asked for. */
export function png(request: PngRequest): ByteSource {
  return remade(() => {
    const { width, height, alpha, text = {} } = request
    const header = Buffer.alloc(13)
    header.writeUInt32BE(width, 0)
    header.writeUInt32BE(height, 4)
    header.set([8, alpha === undefined ? 2 : 6], 8)
    return Buffer.concat([
      Uint8Array.from(SIGNATURE),
      chunk('IHDR', header),
      ...Object.entries(text).map(([key, value]) => textChunk(key, value)),
      chunk('IDAT', deflateSync(rows(request), { level: 1 })),
      chunk('IEND', new Uint8Array()),
    ])
  })
}

/** Every row: filter 0 (none), then the pixels. */
function rows({ width, height, colour, alpha }: PngRequest): Buffer {
  const pixel = alpha === undefined ? channels(colour) : [...channels(colour), alpha]
  const row = Buffer.concat([new Uint8Array(1), Buffer.alloc(width * pixel.length, Uint8Array.from(pixel))])
  return Buffer.alloc(row.length * height, row)
}

/** tEXt holds Latin-1 only; anything else goes into iTXt, uncompressed (PNG specification, 11.3.3). */
function textChunk(key: string, value: string): Buffer {
  const latin = /^[\x00-\xff]*$/.test(value)
  const name = `${key}\0${latin ? '' : '\0\0\0\0'}`
  return chunk(
    latin ? 'tEXt' : 'iTXt',
    Buffer.concat([Buffer.from(name, 'latin1'), Buffer.from(value, latin ? 'latin1' : 'utf8')]),
  )
}

function chunk(type: string, data: Uint8Array): Buffer {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data])
  const framed = Buffer.alloc(body.length + 8)
  framed.writeUInt32BE(data.length, 0)
  framed.set(body, 4)
  framed.writeUInt32BE(crc32(body), body.length + 4)
  return framed
}
