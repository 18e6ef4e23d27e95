import { type ByteSource, bytesOf } from './byte-source.ts'
import type { ImageSequence } from './image-sequence.ts'
import { SEGMENTS_MARK } from './mp4.ts'
import { UNKNOWN_COLOUR } from './read-image.ts'

export interface Mp4Facts {
  /** Segments as this project's own files tell them; of others one grey segment. */
  readonly images: ImageSequence
  readonly fps: number
}

interface Box {
  readonly type: string
  /** Of the content, in bytes from the start of the file or the outer box. */
  readonly start: number
  readonly end: number
}

/**
 * Size, frame count and rate of an MP4 or MOV from its index, wherever that lies; only headers and the index are read. null
 * when it is none, when it has no video track, and for fragmented files.
 */
export function readMp4(source: ByteSource): Mp4Facts | null {
  try {
    const boxes = topLevel(source)
    const index = boxes.find(({ type }) => type === 'moov')
    if (!index) return null
    const moov = Buffer.from(bytesOf(source, index.start, index.end))
    const track = children(moov, 0, moov.length)
      .filter(({ type }) => type === 'trak')
      .find((trak) => isVideo(moov, trak))
    if (!track) return null
    const table = path(moov, track, 'mdia', 'minf', 'stbl')
    const frames = moov.readUInt32BE(path(moov, table, 'stsz').start + 8)
    const entry = children(moov, path(moov, table, 'stsd').start + 8, table.end)[0]!
    const width = moov.readUInt16BE(entry.start + 24)
    const height = moov.readUInt16BE(entry.start + 26)
    if (frames === 0) return null
    const fps = (timescale(moov, path(moov, track, 'mdia', 'mdhd')) * frames) / ticks(moov, path(moov, table, 'stts'))
    const segments = ownSegments(source, boxes) ?? [{ frames, colour: UNKNOWN_COLOUR }]
    return { images: { width, height, segments }, fps: Math.round(fps * 1000) / 1000 }
  } catch (error) {
    // Truncated or no MP4 at all: an offset that leads nowhere.
    if (error instanceof RangeError || error instanceof NoSuchBox) return null
    throw error
  }
}

class NoSuchBox extends Error {}

function topLevel(source: ByteSource): Box[] {
  const boxes: Box[] = []
  for (let at = 0; at + 8 <= source.size; ) {
    const header = Buffer.from(bytesOf(source, at, at + 16))
    const box = boxAt(header, 0, source.size - at)
    boxes.push({ type: box.type, start: at + box.start, end: at + box.end })
    at += box.end
  }
  return boxes
}

function children(bytes: Buffer, start: number, end: number): Box[] {
  const boxes: Box[] = []
  for (let at = start; at + 8 <= end; at = boxes.at(-1)!.end) boxes.push(boxAt(bytes, at, end))
  return boxes
}

/** ISO/IEC 14496-12, 4.2: size 1 is followed by 64 bits, size 0 reaches to the end. */
function boxAt(bytes: Buffer, at: number, limit: number): Box {
  const short = bytes.readUInt32BE(at)
  const size = short === 1 ? Number(bytes.readBigUInt64BE(at + 8)) : short === 0 ? limit - at : short
  const header = short === 1 ? 16 : 8
  if (size < header) throw new NoSuchBox()
  return { type: bytes.toString('latin1', at + 4, at + 8), start: at + header, end: at + size }
}

function path(bytes: Buffer, from: Box, ...types: string[]): Box {
  return types.reduce((outer, type) => {
    const found = children(bytes, outer.start, outer.end).find((box) => box.type === type)
    if (!found) throw new NoSuchBox()
    return found
  }, from)
}

function isVideo(bytes: Buffer, trak: Box): boolean {
  const { start } = path(bytes, trak, 'mdia', 'hdlr')
  return bytes.toString('latin1', start + 8, start + 12) === 'vide'
}

function timescale(bytes: Buffer, { start }: Box): number {
  return bytes.readUInt32BE(start + (bytes[start] === 1 ? 20 : 12))
}

function ticks(bytes: Buffer, { start }: Box): number {
  const entries = bytes.readUInt32BE(start + 4)
  let sum = 0
  for (let index = 0; index < entries; index += 1) {
    sum += bytes.readUInt32BE(start + 8 + index * 8) * bytes.readUInt32BE(start + 12 + index * 8)
  }
  return sum
}

function ownSegments(source: ByteSource, boxes: readonly Box[]): ImageSequence['segments'] | null {
  for (const { type, start, end } of boxes) {
    if (type !== 'free' || end - start < SEGMENTS_MARK.length) continue
    const bytes = Buffer.from(bytesOf(source, start, end))
    if (bytes.toString('latin1', 0, SEGMENTS_MARK.length) !== SEGMENTS_MARK) continue
    const numbers = bytes.subarray(SEGMENTS_MARK.length)
    return Array.from({ length: numbers.length / 8 }, (_, index) => ({
      frames: numbers.readUInt32BE(index * 8),
      colour: numbers.readUInt32BE(index * 8 + 4),
    }))
  }
  return null
}
