import { forwardOf, type PassSize, tokensOf } from './forward.ts'
import { isNamed } from './gpu-name.ts'
import { fitRates, median, type Rates, ratioOf, type TimedForwards } from './rates.ts'
import type { Span } from './span.ts'

/** Published times of one GPU with one program and one precision of the weights: neither alone says how fast it is. */
export interface Profile {
  readonly gpu: string
  /** What a server calls it, as whole words. */
  readonly names: readonly string[]
  /** Of a GPU that it stands for because nobody has published times of it; with what is known of the difference. */
  readonly near: ReadonlyArray<{ readonly name: string; readonly how: string }>
  readonly stack: string
  readonly precision: string
  /** How the program computes: ComfyUI itself, PyTorch without more, or kernels of its own. */
  readonly family: 'comfyui' | 'pytorch' | 'optimised'
  readonly times: readonly PublishedTime[]
}

/** One time that somebody has published. */
export interface PublishedTime {
  readonly id: string
  readonly size: PassSize
  readonly forwards: number
  /** GPUs that shared the work. */
  readonly gpus: number
  readonly seconds: number
  /** Steps alone, or all that a request takes, with so many loads of a model. */
  readonly covers: 'sampling' | 'request'
  readonly loads: { readonly cold: number; readonly warm: number }
  readonly source: string
  /** When it was read there. */
  readonly read: string
}

/** What besides sampling takes time, in seconds. */
export interface Costs {
  /** Encoding the prompts of a film. */
  readonly text: Span
  /** A model from the disk, and again from memory. */
  readonly coldLoad: Span
  readonly warmLoad: Span
  /** The VAE, a thousand tokens. */
  readonly decode: Span
  /** Reading, joining and encoding anew, a million pixels. */
  readonly combine: Span
  /** Up and down, a million pixels of film; null: nobody knows. */
  readonly transfer: Span | null
}

/** All that is shipped. */
export interface Profiles {
  readonly profiles: readonly Profile[]
  readonly costs: Costs
  /** How much longer a step takes at most with quantised weights (GGUF) than with fp8. */
  readonly quantised: number
}

/** What of a published time went into forwards. */
export function timedForwards(time: PublishedTime, costs: Costs): TimedForwards {
  const { size, forwards, gpus, seconds } = time
  return { forward: forwardOf(size), forwards: forwards / gpus, seconds: seconds - fixedSeconds(time, costs) }
}

/** What of it did not. */
export function fixedSeconds({ covers, size, loads }: PublishedTime, costs: Costs): number {
  if (covers === 'sampling') return 0
  const decode = (costs.decode.mid * tokensOf(size)) / 1_000
  return costs.text.mid + decode + loads.cold * costs.coldLoad.mid + loads.warm * costs.warmLoad.mid
}

/** The rates of a profile; where its times are all about one size, with the ratio that `others` have. Null: it has no times. */
export function profileRates({ times }: Profile, others: readonly Profile[], costs: Costs): Rates | null {
  const timed = times.map((time) => timedForwards(time, costs))
  return fitRates(timed, usualRatio(others, costs))
}

/** How much faster attention runs than the rest, in the middle of the profiles that tell. */
export function usualRatio(profiles: readonly Profile[], costs: Costs): number {
  const ratios = profiles.flatMap(({ times }) => ratioOf(times.map((time) => timedForwards(time, costs))) ?? [])
  return median(ratios) ?? 1
}

/** Profiles of a GPU by the name that a person or a server gives it, the likest first for who runs ComfyUI with such weights. */
export function profilesOf(profiles: readonly Profile[], gpu: string, precision: Precision): NamedProfile[] {
  return profilesNamed(profiles, gpu)
    .filter(({ profile }) => isOf(profile, precision))
    .toSorted((a, b) => rank(a.profile, precision) - rank(b.profile, precision))
}

/** Profiles of a GPU, whatever the weights. */
export function profilesNamed(profiles: readonly Profile[], gpu: string): NamedProfile[] {
  return profiles.flatMap((profile): NamedProfile[] => {
    const own = profile.names.find((name) => isNamed(gpu, name))
    if (own !== undefined) return [{ profile, name: own, how: null }]
    const near = profile.near.find(({ name }) => isNamed(gpu, name))
    return near ? [{ profile, ...near }] : []
  })
}

/** What a GPU may be called so that one of these profiles is of it. */
export function gpuNames(profiles: readonly Profile[]): string[] {
  return [...new Set(profiles.flatMap(({ names, near }) => [...names, ...near.map(({ name }) => name)]))]
}

export interface NamedProfile {
  readonly profile: Profile
  readonly name: string
  /** Why it stands for another GPU; null: it is of this one. */
  readonly how: string | null
}

/** Of the weights. */
export type Precision = 'fp4' | 'fp8' | 'fp16' | 'gguf'

/** What the name of a model's file says of its weights. */
export function precisionOf(file: string): Precision {
  if (/\.gguf$/i.test(file)) return 'gguf'
  if (/fp4/i.test(file)) return 'fp4'
  return /fp8/i.test(file) ? 'fp8' : 'fp16'
}

/** Four bits are nearly twice as fast as eight, and their times say nothing about others; nor do those of several GPUs. */
function isOf({ precision, times }: Profile, wanted: Precision): boolean {
  return times.every(({ gpus }) => gpus === 1) && /4/.test(precision) === (wanted === 'fp4')
}

const families = ['comfyui', 'pytorch', 'optimised'] as const

function rank({ family, precision }: Profile, wanted: Precision): number {
  const isAsWanted = /16/.test(precision) === (wanted === 'fp16')
  return families.indexOf(family) * 2 + (isAsWanted ? 0 : 1)
}
