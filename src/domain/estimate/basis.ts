import type { Machine } from './film-time.ts'
import type { Forward } from './forward.ts'
import { type NamedProfile, type Precision, type Profiles, profileRates, profilesOf } from './profile.ts'
import { fitRates, type Rates, secondsAt, type TimedForwards } from './rates.ts'

/** What an estimate rests on. */
export interface Basis extends Machine {
  readonly from: 'own runs' | 'recording' | 'profile' | 'this run'
  readonly gpu: string
  /** In words: `profile ComfyUI fp8`. */
  readonly name: string
}

/** How far the published times of a program are off for others who run the same. */
const SAME_PROGRAM = { low: 0.9, high: 1.2 }
const OTHER_PROGRAM = { low: 0.8, high: 1.5 }
/** On an H100 PyTorch takes so much longer than the fastest program. */
const SLOWER_THAN_FASTEST = 1.9

/**
 * Published times of a GPU. `forward` is a usual one of the film: where nobody has published times of ComfyUI, the range goes as far as all other
 * programs do at it. Null: there are none of this GPU.
 */
export function profileBasis(
  profiles: Profiles,
  { gpu, precision, forward }: { gpu: string; precision: Precision; forward: Forward },
): Basis | null {
  const found = profilesOf(profiles.profiles, gpu, precision)
  const [likest] = found
  if (!likest) return null
  const { profile, name: known, how } = likest
  const ratesOf = (one: NamedProfile) =>
    profileRates(
      one.profile,
      profiles.profiles.filter((other) => other !== one.profile),
      profiles.costs,
    )!
  const rates = ratesOf(likest)
  const usual = secondsAt(rates, forward, 1)
  const all = found.map((one) => secondsAt(ratesOf(one), forward, 1) / usual)
  const isOwn = profile.family === 'comfyui'
  const { low, high } = isOwn
    ? { ...SAME_PROGRAM, ...(how !== null && { low: OTHER_PROGRAM.low }) }
    : {
        low: Math.min(OTHER_PROGRAM.low, ...all),
        high: Math.max(profile.family === 'optimised' ? SLOWER_THAN_FASTEST : OTHER_PROGRAM.high, ...all),
      }
  const quantised = precision === 'gguf' && isOwn ? profiles.quantised : 1
  return {
    from: 'profile',
    gpu: known,
    name: nameOf(likest, isOwn),
    rates,
    spread: { low, high: high * quantised },
    costs: profiles.costs,
  }
}

function nameOf({ profile: { gpu, stack, precision }, how }: NamedProfile, isOwn: boolean): string {
  const name = `profile ${stack} ${precision}`
  if (how !== null) return `${name} of the ${gpu} (yours ${how})`
  return isOwn ? name : `${name} (nobody has published times of ComfyUI on it)`
}

/** What was timed on the very machine, or is in a recording of it. Null: nothing was. */
export function timedBasis(
  timed: readonly TimedForwards[],
  known: Omit<Basis, 'rates'> & { readonly ratio: number },
): Basis | null {
  const { ratio, ...basis } = known
  const rates: Rates | null = fitRates(timed, ratio)
  return rates && { ...basis, rates }
}
