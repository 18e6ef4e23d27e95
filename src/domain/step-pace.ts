/** The steps of a node as its server tells of them. */
export interface StepPace {
  see(step: { readonly node: string; readonly value: number; readonly max: number }, at: number): void
  /** Milliseconds until its last step, judged by the pace of those so far; null before two of them. */
  left(now: number): number | null
  /** Milliseconds of a step, judged by those so far; null before two of them. */
  step(): number | null
}

interface Seen {
  readonly node: string
  readonly first: { readonly value: number; readonly at: number }
  readonly last: { readonly value: number; readonly at: number }
  readonly max: number
}

/**
 * Measures the pace of the node that is at work. The time before its first step does not count: models are loaded and kernels compiled
 * in it.
 */
export function stepPace(): StepPace {
  let seen: Seen | null = null
  const step = () => {
    if (!seen || seen.last.value === seen.first.value) return null
    return (seen.last.at - seen.first.at) / (seen.last.value - seen.first.value)
  }
  return {
    step,
    see({ node, value, max }, at) {
      const isNext = seen?.node === node && seen.max === max && value >= seen.last.value
      if (seen && isNext && value === seen.last.value) return
      const last = { value, at }
      if (value < 1) seen = null
      else seen = { node, max, last, first: seen && isNext ? seen.first : last }
    },
    left(now) {
      const aStep = step()
      if (!seen || aStep === null) return null
      const { last, max } = seen
      if (last.value >= max) return 0
      // A step that takes longer than those before it may end at any moment; those after it are still to come.
      return Math.max(0, aStep - (now - last.at)) + (max - last.value - 1) * aStep
    },
  }
}
