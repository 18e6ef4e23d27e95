import type { Recording } from '../recording/load-recording.ts'
import { type Estimate, estimateOf } from './estimate.ts'
import { notSimulated } from './not-simulated.ts'
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
  readonly not_simulated: readonly string[]
}

interface World {
  readonly recording: Pick<Recording, 'name' | 'facts'>
  readonly knowledge: { readonly version: string; readonly device: string }
  readonly comfyui: { report(): { readonly synthetic: readonly string[] } }
}

interface Network {
  readonly realConnections: number
  readonly refused: ReadonlyArray<{ readonly kind: string; readonly target: string }>
  readonly unmatched: ReadonlyArray<{ readonly method: string; readonly url: string }>
  readonly requests: Readonly<Record<string, number>>
  readonly provenance: Readonly<Record<string, number>>
}

/** `ffmpeg` is the simulator; null when the real one ran. */
export function rehearsalOf(
  { recording, knowledge, comfyui }: World,
  network: Network,
  ffmpeg: { readonly unmatched: readonly string[] } | null,
  tally: RunTally,
): Rehearsal {
  const { synthetic } = comfyui.report()
  const serverMs = tally.videos.reduce((sum, { tookMs }) => sum + tookMs.high + tookMs.low + tookMs.combine, 0)
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
    estimate: estimateOf(serverMs / 1000, knowledge.device, tally.pod?.costPerHour ?? null, synthetic),
    not_simulated: notSimulated(tally, {
      ffmpeg: ffmpeg === null ? 'real' : 'simulated',
      synthetic,
      hasCredentials: !network.requests['metadata'],
    }),
  }
}
