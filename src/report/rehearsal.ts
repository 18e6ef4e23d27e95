import { usdOf } from '../domain/estimate/estimate-data.ts'
import { costSpan, spanText } from '../domain/estimate/estimate-text.ts'
import { priceText } from '../domain/price.ts'
import type { Recording } from '../recording/load-recording.ts'
import type { RunTally } from './run-tally.ts'

/** What only a dry run can and must tell: who answered, and what was not tried. */
export interface Rehearsal {
  readonly recording: { name: string; recorded: string; server: string; device: string }
  /** Requests by service. */
  readonly requests: Readonly<Record<string, number>>
  /** Answers by origin: recorded, derived, synthetic. */
  readonly answers: Readonly<Record<string, number>>
  readonly synthetic_classes: readonly string[]
  readonly real_connections: number
  readonly refused: readonly string[]
  readonly unmatched: readonly string[]
  readonly estimate: Estimate
  /** What was made to go wrong, how often it did, and at what. */
  readonly faults: ReadonlyArray<{ fault: string; times: number; at: ReadonlyArray<{ what: string; time: string }> }>
  readonly not_simulated: readonly string[]
  /** Files of the run folder from which a secret was taken, and the members that held it. */
  readonly redacted: ReadonlyArray<{ readonly file: string; readonly members: readonly string[] }>
}

interface World {
  readonly recording: Pick<Recording, 'name' | 'facts'>
  readonly knowledge: { readonly version: string; readonly device: string }
  readonly comfyui: { report(): { readonly synthetic: readonly string[]; readonly madeUp: readonly string[] } }
}

interface Network {
  readonly realConnections: number
  readonly refused: ReadonlyArray<{ readonly kind: string; readonly target: string }>
  readonly unmatched: ReadonlyArray<{ readonly method: string; readonly url: string }>
  readonly requests: Readonly<Record<string, number>>
  readonly provenance: Readonly<Record<string, number>>
}

interface Faults {
  report(): ReadonlyArray<{ fault: string; times: number; at: ReadonlyArray<{ what: string; time: number }> }>
}

/** `ffmpeg` is the simulator; null when the real one ran. `noEstimate` says why there is none; `jobTimeout` is the setting. */
export function rehearsalOf(
  { recording, knowledge, comfyui }: World,
  network: Network,
  ffmpeg: { readonly unmatched: readonly string[] } | null,
  tally: RunTally,
  faults: Faults,
  { noEstimate, jobTimeout }: { readonly noEstimate: string; readonly jobTimeout: number | null },
): Omit<Rehearsal, 'redacted'> {
  const { synthetic, madeUp } = comfyui.report()
  return {
    recording: {
      name: recording.name,
      recorded: recording.facts.recorded,
      server: `ComfyUI ${knowledge.version}`,
      device: knowledge.device,
    },
    requests: network.requests,
    answers: network.provenance,
    synthetic_classes: synthetic,
    real_connections: network.realConnections,
    refused: network.refused.map(({ kind, target }) => `${kind} ${target}`),
    unmatched: [...network.unmatched.map(({ method, url }) => `${method} ${url}`), ...(ffmpeg?.unmatched ?? [])],
    estimate: estimateIn(tally, noEstimate),
    faults: faults.report().map(({ at, ...fault }) => ({
      ...fault,
      at: at.map(({ what, time }) => ({ what, time: new Date(time).toISOString() })),
    })),
    not_simulated: notSimulated(tally, {
      ffmpeg: ffmpeg === null ? 'real' : 'simulated',
      synthetic,
      // What never ran is named already.
      madeUp: madeUp.filter((name) => !synthetic.includes(name)),
      hasCredentials: !network.requests['metadata'],
      hasJobTimeout: jobTimeout !== null,
    }),
  }
}

interface Estimate {
  /** In the middle of the range; null when nothing says anything about a GPU. */
  readonly gpu_minutes: number | null
  readonly cost_usd: number | null
  readonly note: string
}

/** In words and at a price; without an estimate why there is none. */
function estimateIn({ estimates, price }: RunTally, none: string): Estimate {
  const [estimate] = estimates
  if (!estimate) return { gpu_minutes: null, cost_usd: null, note: `none: ${none}` }
  const { seconds, reason } = estimate
  const usd = price && usdOf(seconds, price.price)
  const cost =
    price === null ? 'without --price no cost' : `${costSpan(seconds, price.price)} at ${priceText(price.price)}`
  return {
    gpu_minutes: cents(seconds.mid / 60),
    cost_usd: usd?.mid ?? null,
    note: `${spanText(seconds)} on ${reason} · ${cost}`,
  }
}

function cents(number: number): number {
  return Math.round(number * 100) / 100
}

/** What this rehearsal did not try, derived from what it did: a dry run that passed proves nothing about these. */
export function notSimulated(
  { videos, pod }: RunTally,
  facts: {
    ffmpeg: 'real' | 'simulated'
    synthetic: readonly string[]
    madeUp: readonly string[]
    hasCredentials: boolean
    hasJobTimeout: boolean
  },
): string[] {
  const plans = videos.map(({ plan }) => plan)
  const models = new Set(plans.flatMap((plan) => Object.values(plan.models)))
  const hasSeams = plans.some((plan) => plan.chunks.length > 1)
  const hasUploads = videos.some(({ uploads }) => uploads.length > 0)
  const { ffmpeg, synthetic, madeUp, hasCredentials, hasJobTimeout } = facts
  return [
    'GPU time and VRAM',
    hasSeams ? 'what the pictures show, and the seams between chunks' : 'what the pictures show',
    ...(models.size > 0 ? [modelFiles(models.size)] : []),
    ...(hasUploads ? ['permissions, quota and speed of the bucket'] : []),
    ...(hasUploads && !hasCredentials
      ? ['Google credentials: none were found here, so a simulated metadata server gave a token']
      : []),
    ...(pod ? ['the state, balance and GPU supply of the real pod'] : []),
    ...(ffmpeg === 'simulated' ? ['ffmpeg and ffprobe (--real-ffmpeg runs them on the simulated videos)'] : []),
    ...(synthetic.length > 0 ? [nodeClasses(synthetic)] : []),
    ...(madeUp.length > 0 ? [computed(madeUp)] : []),
    // Between two looks of the client all of a slow node's time goes by at once.
    ...(hasJobTimeout ? ['--job-timeout for a job that is only slow: one that hangs is given up'] : []),
    'what a live run asks before its first job (see pr doctor)',
  ]
}

function modelFiles(count: number): string {
  return count === 1
    ? 'whether the model file loads (its name was checked against the recording)'
    : `whether the ${count} model files load (their names were checked against the recording)`
}

function computed(names: readonly string[]): string {
  return `the texts and numbers of ${names.join(', ')}: no recording has them for these inputs`
}

function nodeClasses(names: readonly string[]): string {
  return `what ${names.join(', ')} really ${names.length === 1 ? 'does' : 'do'}: no recording has seen ${names.length === 1 ? 'it' : 'them'} run`
}
