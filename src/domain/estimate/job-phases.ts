/** Milliseconds of a pass by what they went into, as its server told while it ran. */
export interface JobPhases {
  readonly load: number
  readonly text: number
  readonly sampling: number
  readonly decode: number
  /** Steps after the first one, and how long they took together: models are loaded in the first. */
  readonly steps: { readonly count: number; readonly ms: number }
}

/** Follows a prompt from node to node. */
export interface PhaseWatch {
  executing(classType: string, at: number): void
  progress(at: number): void
  /** From here on nobody knows what was missed. */
  lose(): void
  /** What it took until now; null where not all of it was seen, or no steps were. */
  read(at: number): JobPhases | null
}

type Phase = Exclude<keyof JobPhases, 'steps'>

/** Measures where the time of one prompt goes. */
export function watchPhases(): PhaseWatch {
  const ms: Record<Phase, number> = { load: 0, text: 0, sampling: 0, decode: 0 }
  const steps = { count: 0, ms: 0 }
  let isLost = false
  let lastAt = Number.NEGATIVE_INFINITY
  /** A clock that is set back measures nothing. */
  const pass = (at: number) => {
    isLost ||= at < lastAt
    lastAt = at
  }
  let open: { readonly phase: Phase; readonly since: number; readonly ticks: number[] } | null = null
  const close = (at: number) => {
    if (!open) return
    const { phase, since, ticks } = open
    const [first, last] = [ticks[0], ticks.at(-1)]
    open = null
    if (phase !== 'sampling' || first === undefined || last === undefined || ticks.length < 2) {
      ms[phase] += at - since
      return
    }
    const step = (last - first) / (ticks.length - 1)
    const load = Math.max(0, first - since - step)
    ms.load += load
    ms.sampling += at - since - load
    steps.count += ticks.length - 1
    steps.ms += last - first
  }
  return {
    executing(classType, at) {
      pass(at)
      close(at)
      open = { phase: phaseOf(classType), since: at, ticks: [] }
    },
    progress(at) {
      pass(at)
      open?.ticks.push(at)
    },
    lose() {
      isLost = true
    },
    read(at) {
      pass(at)
      close(at)
      return isLost || steps.count === 0 ? null : { ...ms, steps: { ...steps } }
    },
  }
}

/** What is neither loaded, nor text, nor sampled, is the VAE and saving. */
function phaseOf(classType: string): Phase {
  if (/sampler/i.test(classType)) return 'sampling'
  if (/textencode|t5|prompt/i.test(classType)) return 'text'
  return /loader|lora|modelsampling/i.test(classType) ? 'load' : 'decode'
}
