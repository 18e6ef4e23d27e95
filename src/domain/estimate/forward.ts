/** Wan 14B as its repository configures it: layers, width, width of the feed-forward part, tokens of text. */
const MODEL = { layers: 40, width: 5_120, feed: 13_824, text: 512 }

/** Eight more blocks beside the forty. */
const VACE_BLOCKS = 1.2

/** Pixels, and frames of one pass. A reference picture counts as one more latent frame. */
export interface PassSize {
  readonly width: number
  readonly height: number
  readonly frames: number
  readonly references: number
  readonly vace: boolean
}

/** What one forward of the model computes, in TFLOP: what grows with its tokens, and self-attention, which grows with their square. */
export interface Forward {
  readonly linear: number
  readonly attention: number
}

/** Tokens of a pass: the VAE packs 8 x 8 pixels and 4 frames after the first, and a patch has 2 x 2 of those. */
export function tokensOf({ width, height, frames, references }: PassSize): number {
  return (width / 16) * (height / 16) * ((frames - 1) / 4 + 1 + references)
}

/** What one forward over a pass computes. */
export function forwardOf(size: PassSize): Forward {
  const tokens = tokensOf(size)
  const { layers, width, feed, text } = MODEL
  const blocks = size.vace ? VACE_BLOCKS : 1
  const perToken = layers * (2 * (6 * width ** 2 + 2 * width * feed) + 4 * text * width)
  const ofText = 4 * text * layers * width ** 2
  const context = size.vace ? 18 * width ** 2 : 0
  return {
    linear: (blocks * (tokens * perToken + ofText) + tokens * context) / 1e12,
    attention: (blocks * 4 * tokens ** 2 * width * layers) / 1e12,
  }
}

/** Forwards that so many steps take: with guidance each is done twice, for the positive and the negative prompt. */
export function forwardsOf(steps: number, cfg: number): number {
  return steps * (cfg === 1 ? 1 : 2)
}
