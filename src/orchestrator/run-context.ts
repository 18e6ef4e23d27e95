import type { Clients } from '../clients/clients.ts'
import type { Layout } from '../config/layout.ts'
import type { Templates } from '../domain/bindings.ts'
import type { RunRetries } from '../domain/retry-policy.ts'
import type { EmitRunEvent } from '../domain/run-event.ts'
import type { RunState } from '../state/run-state.ts'
import type { Share } from './share.ts'
import type { Spending } from './spending.ts'

/** What every part of a run needs; made once by the command, the same live and rehearsed. */
export interface RunContext {
  readonly runId: string
  readonly runName: string
  readonly clients: Clients
  readonly templates: Templates
  readonly layout: Layout
  /** What an earlier part of this run left; null when this is its first. */
  readonly earlier: RunState | null
  /** What each video's film is to be called in `final/`. */
  readonly filmNames: ReadonlyMap<string, string>
  /** By video: the workflows of the run that come before its first, see `workflowsBefore`. */
  readonly workflowsBefore: ReadonlyMap<string, number>
  readonly options: RunOptions
  readonly retries: RunRetries
  /** What the run has taken, and may take. */
  readonly spending: Spending
  /** A whole command line that goes on with this run; null: nothing does. */
  readonly resumeCommand: string | null
  /** Null: only the film leaves this machine. */
  readonly share: Share | null
  /** Epoch milliseconds of the run's clock. */
  readonly now: () => number
  readonly emit: EmitRunEvent
  /** Writes a file of the run as JSON, and gives its length in bytes; a rehearsal's without secrets. Throws PR_FILE. */
  readonly write: (path: string, content: unknown) => number
  readonly signal: AbortSignal
  /** Aborted when what runs is to be the last: no further job, and no upload of a film, begins. */
  readonly closing: AbortSignal
  /** Asks whoever is at the terminal; false where nobody is. */
  readonly ask: (question: string) => Promise<boolean>
  /** Is given what tells, at any moment, what would be left behind if the program ended at once. */
  readonly atLeave: (tell: () => readonly string[]) => void
}

/** A warning that concerns a video, or (null) the run as a whole. */
export function warn(context: RunContext, message: string, video: string | null = null): void {
  context.emit({ kind: 'warning', at: context.now(), video, message })
}

export interface RunOptions {
  /** Attempts after the first one. */
  readonly maxRetries: number
  /** Milliseconds without progress after which a job is given up; null: never. */
  readonly jobTimeout: number | null
  readonly upload: boolean
  readonly keepIntermediate: boolean
  /** Latents are brought here too, so that a film can go on on another server. */
  readonly keepLatents?: boolean
  readonly shutdown: 'keep' | 'force'
}
