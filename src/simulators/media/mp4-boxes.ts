import { ascii, u16, u32, u64 } from './bits.ts'
import { type ByteSource, concat, fromBytes } from './byte-source.ts'
import type { FrameRate } from './image-sequence.ts'

type BoxPart = ByteSource | Uint8Array | readonly number[]

export interface Movie {
  readonly width: number
  readonly height: number
  readonly rate: FrameRate
  readonly frames: number
  /** Sizes of all samples, 32 bits each. */
  readonly sizes: ByteSource
  /** Numbers of the samples that are key frames, from 1. */
  readonly keyFrames: readonly number[]
  /** Where the first sample is in the file; the others follow it. */
  readonly offset: number
  readonly tags: Readonly<Record<string, string>>
  readonly sps: Uint8Array
  readonly pps: Uint8Array
}

const MATRIX = [0x10000, 0, 0, 0, 0x10000, 0, 0, 0, 0x40000000].flatMap(u32)
const NO_LANGUAGE = 0x55c4 // "und"

/** The index of a film with one H.264 track in one chunk (ISO/IEC 14496-12, clause 8; tags as QuickTime metadata). */
export function moov(movie: Movie): ByteSource {
  const { timescale, perFrame } = timing(movie.rate)
  const duration = u64(movie.frames * perFrame)
  const times = [...u64(0), ...u64(0)]
  const mvhd = [...times, ...u32(timescale), ...duration, ...u32(0x10000), ...u16(0x100), ...zeros(10), ...MATRIX]
  const size = [...u32(movie.width * 0x10000), ...u32(movie.height * 0x10000)]
  const tkhd = [...times, ...u32(1), ...zeros(4), ...duration, ...zeros(16), ...MATRIX, ...size]
  return box(
    'moov',
    fullBox('mvhd', 1, 0, mvhd, zeros(24), u32(2)),
    box(
      'trak',
      fullBox('tkhd', 1, 3, tkhd),
      box(
        'mdia',
        fullBox('mdhd', 1, 0, times, u32(timescale), duration, u16(NO_LANGUAGE), zeros(2)),
        fullBox('hdlr', 0, 0, zeros(4), ascii('vide'), zeros(12), ascii('VideoHandler\0')),
        box(
          'minf',
          fullBox('vmhd', 0, 1, zeros(8)),
          box('dinf', fullBox('dref', 0, 0, u32(1), fullBox('url ', 0, 1))),
          sampleTable(movie, perFrame),
        ),
      ),
    ),
    ...tagBoxes(movie.tags),
  )
}

/** Units as ffmpeg's muxer chooses them: at least 10,000 a second. */
function timing(rate: FrameRate): { timescale: number; perFrame: number } {
  let { numerator: timescale, denominator: perFrame } = rate
  while (timescale < 10_000) {
    timescale *= 2
    perFrame *= 2
  }
  return { timescale, perFrame }
}

function sampleTable(movie: Movie, perFrame: number): ByteSource {
  const { frames, keyFrames } = movie
  return box(
    'stbl',
    fullBox('stsd', 0, 0, u32(1), sampleEntry(movie)),
    fullBox('stts', 0, 0, u32(1), u32(frames), u32(perFrame)),
    fullBox('stss', 0, 0, u32(keyFrames.length), keyFrames.flatMap(u32)),
    fullBox('stsc', 0, 0, u32(1), u32(1), u32(frames), u32(1)),
    fullBox('stsz', 0, 0, u32(0), u32(frames), movie.sizes),
    fullBox('stco', 0, 0, u32(1), u32(movie.offset)),
  )
}

/** ISO/IEC 14496-15, 5.4.2: size, 72 dpi, one frame a sample, no name, 24 bits, then profile and parameter sets. */
function sampleEntry({ width, height, sps, pps }: Movie): ByteSource {
  const dpi = [...u32(0x480000), ...u32(0x480000)]
  const visual = [...zeros(6), ...u16(1), ...zeros(16), ...u16(width), ...u16(height), ...dpi, ...zeros(4), ...u16(1)]
  const lengthSize = 0xff // four bytes
  const profile = [1, sps[1]!, sps[2]!, sps[3]!, lengthSize]
  return box(
    'avc1',
    [...visual, ...zeros(32), ...u16(24), ...u16(0xffff)],
    box('avcC', [...profile, 0xe1, ...u16(sps.length)], sps, [1, ...u16(pps.length)], pps),
  )
}

function tagBoxes(tags: Readonly<Record<string, string>>): BoxPart[] {
  const entries = Object.entries(tags)
  if (entries.length === 0) return []
  const text = 1
  return [
    box(
      'meta',
      fullBox('hdlr', 0, 0, zeros(4), ascii('mdta'), zeros(13)),
      fullBox('keys', 0, 0, u32(entries.length), ...entries.map(([key]) => box('mdta', Buffer.from(key)))),
      box(
        'ilst',
        ...entries.map(([, value], index) =>
          box(String.fromCharCode(0, 0, 0, index + 1), box('data', u32(text), zeros(4), Buffer.from(value))),
        ),
      ),
    ),
  ]
}

function zeros(count: number): number[] {
  return new Array<number>(count).fill(0)
}

/** An ISO base media box (ISO/IEC 14496-12, 4.2): 32-bit size, four letters, contents. Number arrays are bytes. */
export function box(type: string, ...parts: BoxPart[]): ByteSource {
  const content = concat(parts.map(asSource))
  return concat([fromBytes(Uint8Array.from([...u32(content.size + 8), ...ascii(type)])), content])
}

/** A box with a version and flags. */
function fullBox(type: string, version: number, flags: number, ...parts: BoxPart[]): ByteSource {
  return box(type, [version, ...u32(flags).slice(1)], ...parts)
}

/** A box whose size is given in 64 bits: for `mdat`, which may pass 4 GB. */
export function largeBox(type: string, content: ByteSource): ByteSource {
  return concat([fromBytes(Uint8Array.from([...u32(1), ...ascii(type), ...u64(content.size + 16)])), content])
}

function asSource(part: BoxPart): ByteSource {
  if ('read' in part) return part
  return fromBytes(part instanceof Uint8Array ? part : Uint8Array.from(part))
}
