import { type Basis, profileBasis } from '../../domain/estimate/basis.ts'
import { type Estimate, estimateOf } from '../../domain/estimate/estimate.ts'
import { estimateText } from '../../domain/estimate/estimate-text.ts'
import type { FilmWork } from '../../domain/estimate/film-time.ts'
import { nearestNames } from '../../domain/estimate/gpu-name.ts'
import { gpuNames, type Profiles, precisionOf, profilesNamed } from '../../domain/estimate/profile.ts'
import { jobsOf } from '../../domain/plan.ts'
import type { Price } from '../../domain/price.ts'
import { usualForward } from './film-work.ts'

/** An estimate, or why there is none. */
export type Estimated = { readonly estimate: Estimate } | { readonly none: string }

/** What may be known of a machine: its name, and what was timed on it. */
export interface Known {
  /** As a person or a server calls it; null: nobody has named one. */
  readonly gpu: string | null
  /** What was timed on it; null: nothing was. */
  readonly timed: Basis | null
  /** Why nothing was timed, for who has no GPU named. */
  readonly otherwise: string
}

/** Estimates films by what was timed on the machine, else by published times of its GPU; each is only read when it is needed. */
export function estimateFilms(work: FilmWork, { gpu, timed, otherwise }: Known, read: () => Profiles): Estimated {
  const forward = usualForward(work)
  if (forward === null) return { none: 'there is no film' }
  if (work.plans.every((plan) => jobsOf(plan).every((job) => !work.isToDo(job, plan))))
    return { none: 'nothing is left to be rendered' }
  if (timed) return { estimate: estimateOf(work, timed) }
  if (gpu === null)
    return { none: `${otherwise}. \`pr plan --gpus\` lists GPUs with published times, and --gpu takes one` }
  const basis = profileBasis(read(), { gpu, precision: precisionOf(work.plans[0]!.models.highModel), forward })
  if (basis) return { estimate: estimateOf(work, basis) }
  return { none: `${unknownText(gpu, work, read())}. The first run of your own gives one` }
}

/** Why there are no published times: of weights of another kind there may be some. */
function unknownText(gpu: string, work: FilmWork, profiles: Profiles): string {
  if (profilesNamed(profiles.profiles, gpu).length > 0) {
    const known = compareGpus(work, profiles).map((one) => one.basis.gpu)
    return `nobody has published times of ${gpu} with such weights, as there are of ${known.toSorted().join(', ')}`
  }
  const near = nearestNames(gpu, gpuNames(profiles.profiles))
  const names = near.length > 0 ? ` (the nearest names: ${near.join(', ')})` : ''
  return `nobody has published times of a GPU called "${gpu}"${names}; \`pr plan --gpus\` lists those that are known`
}

/** An estimate for a person: a line, and where the time goes in another one. */
export function estimatedText(estimated: Estimated, price: Price | null): string[] {
  const [first, ...rest] =
    'estimate' in estimated ? estimateText(estimated.estimate, price) : [`none: ${estimated.none}`]
  return [`Estimate: ${first}`, ...rest.map((line) => `  ${line}`)]
}

/** Every GPU that somebody has published times of, the fastest first. */
export function compareGpus(work: FilmWork, { profiles, ...more }: Profiles): Estimate[] {
  const forward = usualForward(work)
  if (forward === null) return []
  const precision = precisionOf(work.plans[0]!.models.highModel)
  const gpus = new Set(profiles.flatMap(({ gpu, near }) => [gpu, ...near.map(({ name }) => name)]))
  const bases = [...gpus].flatMap((gpu) => profileBasis({ profiles, ...more }, { gpu, precision, forward }) ?? [])
  return bases.map((basis) => estimateOf(work, basis)).toSorted((a, b) => a.seconds.mid - b.seconds.mid)
}
