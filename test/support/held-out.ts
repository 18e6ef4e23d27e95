import { forwardOf, type PassSize } from '../../src/domain/estimate/forward.ts'
import {
  fixedSeconds,
  type NamedProfile,
  type Profile,
  type Profiles,
  type PublishedTime,
  profileRates,
  profilesOf,
} from '../../src/domain/estimate/profile.ts'
import { secondsAt } from '../../src/domain/estimate/rates.ts'

/** A published time, and what others than itself foretell for it. */
export interface HeldOut {
  readonly profile: Profile
  readonly time: PublishedTime
  /** Null: there is nothing else to tell it from. */
  readonly foretold: { readonly seconds: number; readonly from: string } | null
}

/** Each time foretold by the other times of its profile. */
export function eachTime({ profiles, costs }: Profiles): HeldOut[] {
  return leavingOut(profiles, costs, (time, other) => time !== other)
}

/** Each time foretold by those of its profile that are about other sizes. */
export function eachSize({ profiles, costs }: Profiles): HeldOut[] {
  return leavingOut(profiles, costs, ({ size }, other) => !isSame(size, other.size))
}

/** Each time foretold by the profile that would be taken if its own did not exist: another program on the same GPU. */
export function eachStack({ profiles, costs }: Profiles): HeldOut[] {
  return profiles.flatMap((profile) =>
    profile.times.map((time) => {
      const others = profiles.filter((one) => one !== profile)
      const [likest] = time.gpus === 1 ? profilesOf(others, profile.gpu, 'fp8') : []
      return { profile, time, foretold: likest ? by(likest, time) : null }
    }),
  )

  function by({ profile }: NamedProfile, time: PublishedTime) {
    return { seconds: foretell(profile, profiles, time, costs), from: profile.stack }
  }
}

function leavingOut(
  profiles: readonly Profile[],
  costs: Profiles['costs'],
  isKept: (time: PublishedTime, other: PublishedTime) => boolean,
): HeldOut[] {
  return profiles.flatMap((profile) =>
    profile.times.map((time) => {
      const times = profile.times.filter((other) => isKept(time, other))
      if (times.length === 0) return { profile, time, foretold: null }
      const seconds = foretell({ ...profile, times }, profiles, time, costs)
      return { profile, time, foretold: { seconds, from: `${times.length} other` } }
    }),
  )
}

/** The ratio of the rates comes from profiles of other GPUs or programs, never from the one that is checked. */
function foretell(from: Profile, profiles: readonly Profile[], time: PublishedTime, costs: Profiles['costs']): number {
  const others = profiles.filter(({ times }) => !times.includes(time) && !times.some((one) => from.times.includes(one)))
  const rates = profileRates(from, others, costs)!
  return secondsAt(rates, forwardOf(time.size), time.forwards / time.gpus) + fixedSeconds(time, costs)
}

/** By how much too long, as a part of what was published; null where nothing was foretold. */
export function errorOf({ time, foretold }: HeldOut): number | null {
  return foretold && foretold.seconds / time.seconds - 1
}

const isSame = (a: PassSize, b: PassSize) => JSON.stringify(a) === JSON.stringify(b)
