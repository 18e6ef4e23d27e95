import type { Graph } from '../../domain/graph.ts'
import type { RunEvent } from '../../domain/run-event.ts'
import type { Rehearsal } from '../rehearsal.ts'

/** What the files of a run tell, already redacted; everything in it may be somebody else's text. */
export interface RunFiles {
  /** null: the run has not come to its end, or an old version wrote none. */
  readonly summary: KeptSummary | null
  readonly events: readonly RunEvent[]
  /** By their numbers in the run. */
  readonly workflows: readonly KeptWorkflow[]
  readonly uploads: readonly KeptUpload[]
  readonly traffic: readonly KeptExchange[]
  /** From the run before this one, in the words of `pr diff`; null: there was none. */
  readonly differences: { readonly from: string; readonly lines: readonly string[] } | null
}

/** What of `summary.json` no journal tells. */
export interface KeptSummary {
  readonly ok: boolean
  readonly exit_code: number
  readonly failures: ReadonlyArray<{
    readonly code: string
    readonly message: string
    readonly hint: string | null
    readonly problems: ReadonlyArray<{ readonly file: string; readonly message: string }>
  }>
  readonly spent: { readonly seconds: number; readonly usd: number | null } | null
  readonly price: { readonly usd_per_hour: number; readonly source: string } | null
  readonly warnings: readonly string[]
  readonly rehearsal: Rehearsal | null
}

/** A file of `workflows/`. */
export interface KeptWorkflow {
  readonly number: number
  /** In words; none are known of a live run. */
  readonly modifications: readonly string[]
  readonly graph: Graph
}

/** A file of `uploads/`. */
export interface KeptUpload {
  readonly bucket: string
  readonly object: string
  readonly size: number
  readonly crc32c: string
  readonly md5: string | null
  readonly requests: readonly unknown[]
}

/** An entry of `traffic.har` without its bodies. */
export interface KeptExchange {
  /** Epoch milliseconds. */
  readonly at: number
  readonly service: string
  readonly method: string
  readonly url: string
  /** 0: no answer came. */
  readonly status: number
  readonly sent: number
  readonly received: number
  /** Where the answer came from, which fault was put in, what went wrong, how many messages a socket had. */
  readonly note: string
}
