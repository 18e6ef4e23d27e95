import { ascii, u32 } from './bits.ts'
import { type ByteSource, concat, fromBytes, remade, repeated } from './byte-source.ts'
import { h264 } from './h264.ts'
import { frameCount, frameRate, type ImageSequence } from './image-sequence.ts'
import { box, largeBox, moov } from './mp4-boxes.ts'

export interface Mp4Request {
  readonly images: ImageSequence
  readonly fps: number
  /** Container tags, as ComfyUI writes `prompt` and the extra PNG info: text by key. */
  readonly tags?: Readonly<Record<string, string>>
}

/** First bytes of the `free` box that keeps the segments: frames and colour of each as 32-bit numbers. */
export const SEGMENTS_MARK = 'prompt-runner:segments:'

/**
 * An MP4 (index first) with H.264 that shows every frame in the colour of its segment. Its size is known at once, any range
 * can be read, and it takes memory per segment, not per frame, and that only while it is read. Width and height in pixels,
 * even (4:2:0 has no odd sizes, libx264 refuses them as well): throws a RangeError otherwise, and when there is no frame.
 */
export function mp4({ images, fps, tags = {} }: Mp4Request): ByteSource {
  const { width, height } = images
  const segments = images.segments.filter(({ frames }) => frames > 0)
  if (segments.length === 0) throw new RangeError('a video has at least one frame')
  if (width < 2 || height < 2 || width % 2 !== 0 || height % 2 !== 0) {
    throw new RangeError(`H.264 in 4:2:0 needs an even width and height, got ${width}x${height}`)
  }
  return remade(() => laidOut({ images: { width, height, segments }, fps, tags }))
}

function laidOut({ images, fps, tags }: Required<Mp4Request>): ByteSource {
  const { width, height, segments } = images
  const rate = frameRate(fps)
  const coder = h264(width, height, rate)
  // Neighbouring IDR pictures must have different ids (ITU-T H.264, 7.4.3).
  const pictures = segments.map(({ colour, frames }, index) => ({
    idr: coder.idr(colour, (index % 2) as 0 | 1),
    frames,
  }))

  const samples = concat(pictures.flatMap(({ idr, frames }) => [idr, coder.skips(frames - 1)]))
  const sizes = concat(
    pictures.flatMap(({ idr, frames }) => [
      fromBytes(Uint8Array.from(u32(idr.size))),
      repeated(Uint8Array.from(u32(coder.skipSize)), (frames - 1) * 4),
    ]),
  )
  const keyFrames: number[] = []
  for (let index = 0, frame = 1; index < segments.length; index += 1) {
    keyFrames.push(frame)
    frame += segments[index]!.frames
  }

  const start = box('ftyp', ascii('isom'), u32(512), ascii('isomiso2avc1mp41'))
  const marks = segments.flatMap(({ frames, colour }) => [...u32(frames), ...u32(colour)])
  const note = box('free', ascii(SEGMENTS_MARK), marks)
  const index = (offset: number) =>
    moov({
      width,
      height,
      rate,
      frames: frameCount(images),
      sizes,
      keyFrames,
      offset,
      tags,
      sps: coder.sps,
      pps: coder.pps,
    })
  const before = start.size + index(0).size + note.size
  return concat([start, index(before + MDAT_HEADER), note, largeBox('mdat', samples)])
}

const MDAT_HEADER = 16
