export interface Estimate {
  /** null when the recording says nothing about a GPU. */
  readonly gpu_minutes: number | null
  readonly cost_usd: number | null
  readonly note: string
}

/** The node class in which nearly all of a render's time goes. */
const SAMPLERS = /^(K?Sampler|SamplerCustom)/

/**
 * What the recorded server's time would cost on this pod, or why no figure can be given. `untimed` are the classes that ran and that
 * no recording has seen running: they took no time.
 */
export function estimateOf(
  serverSeconds: number,
  device: string,
  costPerHour: number | null,
  untimed: readonly string[],
): Estimate {
  const none = (why: string): Estimate => ({ gpu_minutes: null, cost_usd: null, note: `none: ${why}` })
  if (serverSeconds === 0) return none('no job was done.')
  const sampler = untimed.find((name) => SAMPLERS.test(name))
  if (sampler !== undefined) return none(`the recording has not seen ${sampler} run, so it knows no times.`)
  if (device === 'cpu') {
    return none(
      `the recording was made on a CPU, whose ${duration(serverSeconds)} for these jobs say nothing about a GPU. With a recording of your own server (--recording) there is one.`,
    )
  }
  const cost = costPerHour === null ? null : cents((serverSeconds / 3600) * costPerHour)
  const price = cost === null ? 'no pod, no price' : `$${cost.toFixed(2)} at $${costPerHour}/h`
  const note = `${duration(serverSeconds)} on ${device} (recorded timings), ${price}`
  return { gpu_minutes: cents(serverSeconds / 60), cost_usd: cost, note }
}

/** `3 h 51 min`, `12 min`, `40 s` */
function duration(seconds: number): string {
  if (seconds < 60) return `${Math.round(seconds)} s`
  const minutes = Math.round(seconds / 60)
  return minutes < 60 ? `${minutes} min` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`
}

function cents(number: number): number {
  return Math.round(number * 100) / 100
}
