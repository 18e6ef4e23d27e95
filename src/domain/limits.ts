/** What a number that a user gives has to keep to. */
export interface Limit {
  /** As in "steps must be …". */
  readonly name: string
  /** Both ends are included. */
  readonly smallest: number
  readonly largest: number
  /** Only multiples of it will do; null: any number. */
  readonly step: 1 | 16 | null
}

/** The most frames that ComfyUI's frame picker (ImageFromBatch) cuts out of a batch; its index ends one below. */
export const LONGEST_CUT = 4_096

/** Sizes of WanVaceToVideo: VAE stride 8, patch 2. On another size the model works on another one than it delivers. */
const size = { smallest: 16, largest: 16_384, step: 16 } as const

/**
 * Every limit there is: flags, environment, configuration files, prompt files and plans keep to the same.
 * Those of nodes are what object_info of a server says.
 */
export const limits = {
  // More is a typing error: it is over 17 hours at 16 fps.
  totalFrames: { name: 'total of frames', smallest: 1, largest: 1_000_000, step: 1 },
  // The largest 4n+1 that the frame picker still cuts.
  framesPerChunk: { name: 'frames per chunk', smallest: 1, largest: LONGEST_CUT - 3, step: 1 },
  width: { name: 'width', ...size },
  height: { name: 'height', ...size },
  // CreateVideo.
  fps: { name: 'fps', smallest: 1, largest: 120, step: null },
  // KSamplerAdvanced; each pass takes at least one step.
  steps: { name: 'steps', smallest: 2, largest: 10_000, step: 1 },
  // KSamplerAdvanced.
  cfg: { name: 'cfg', smallest: 0, largest: 100, step: null },
  // Exact in JavaScript, and so in every JSON on the way.
  seed: { name: 'seed', smallest: 0, largest: Number.MAX_SAFE_INTEGER, step: 1 },
  maxRetries: { name: 'max retries', smallest: 0, largest: 100, step: 1 },
  parallel: { name: 'parallel', smallest: 1, largest: 1_000, step: 1 },
  // USD; the largest pod of RunPod is far below.
  price: { name: 'price of an hour', smallest: 0.0001, largest: 10_000, step: null },
  budget: { name: 'budget', smallest: 0.01, largest: 1_000_000, step: null },
  sweepChunks: { name: 'sweep chunks', smallest: 1, largest: 1_000, step: 1 },
  speed: { name: 'speed', smallest: 0.01, largest: 1_000_000, step: null },
  // The last second whose year has four digits.
  startTime: { name: 'start time', smallest: 0, largest: 253_402_300_799, step: 1 },
} as const satisfies Record<string, Limit>

/** The numbers of a plan that settings and prompt files can both give. */
export const planNumbers = ['framesPerChunk', 'width', 'height', 'fps', 'steps', 'cfg', 'seed'] as const

export type PlanNumber = (typeof planNumbers)[number]

/** Whether a value is a number within a limit. */
export function keepsTo({ smallest, largest, step }: Limit, value: unknown): value is number {
  return typeof value === 'number' && value >= smallest && value <= largest && (step === null || value % step === 0)
}

/** What a limit asks for: `a whole number from 1 to 4093`. */
export function ruleOf({ smallest, largest, step }: Limit): string {
  const kind = step === null ? 'a number' : step === 1 ? 'a whole number' : `a multiple of ${step}`
  return `${kind} from ${smallest} to ${largest}`
}

/** The one or two numbers around `value` that keep to a limit. */
export function nearestWithin({ smallest, largest, step }: Limit, value: number): number[] {
  const around = step === null ? [value] : [Math.floor(value / step) * step, Math.ceil(value / step) * step]
  return [...new Set(around.map((number) => Math.min(largest, Math.max(smallest, number))))]
}
