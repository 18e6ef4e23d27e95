/**
 * A run's clock that goes on between its moments: a recorded step of a minute moves the simulated one only at its end. `share` is how
 * much of real time recorded time takes, and `real` tells real milliseconds; with a share of 0 nothing goes by in between.
 */
export function steadyClock(now: () => number, share: number, real: () => number): () => number {
  let seen = { at: now(), real: real() }
  let last = seen.at
  return () => {
    const at = now()
    if (at !== seen.at) seen = { at, real: real() }
    last = Math.max(last, share > 0 ? seen.at + (real() - seen.real) / share : at)
    return last
  }
}
