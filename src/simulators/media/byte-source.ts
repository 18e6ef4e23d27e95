/** A file that is made when it is read. `size` and offsets in bytes; `end` is exclusive. Reading twice gives the same bytes. */
export interface ByteSource {
  readonly size: number
  /** What the bytes follow from, where that is shorter than the bytes: equal texts mean equal bytes. */
  readonly identity?: string
  read(start?: number, end?: number): Iterable<Uint8Array>
}

/**
 * Frames of one size. The picture is a flat colour per segment, so that order and origin of frames can be seen by eye
 * or by ffmpeg.
 */
export interface ImageBatch {
  readonly width: number
  readonly height: number
  readonly segments: ReadonlyArray<{ readonly frames: number; readonly colour: Colour }>
}

/** 0xRRGGBB */
export type Colour = number

/** Frames of all segments. */
export function frameCount(images: ImageBatch): number {
  return images.segments.reduce((sum, segment) => sum + segment.frames, 0)
}

/** A file whose bytes are there already. */
export function fromBytes(bytes: Uint8Array): ByteSource {
  return {
    size: bytes.byteLength,
    *read(start = 0, end = bytes.byteLength) {
      yield bytes.subarray(start, end)
    },
  }
}
