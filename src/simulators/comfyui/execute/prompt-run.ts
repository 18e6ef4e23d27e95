import type { Clock } from '../../simulator.ts'
import type { Py, PyDict } from '../python/py.ts'
import type { Rules } from '../rules.ts'
import type { AsyncCalls } from './async-calls.ts'
import type { CacheKeys } from './cache-key.ts'
import type { DynamicPrompt } from './dynamic-prompt.ts'
import type { NodeResult, NodeRunner, Preview } from './node-runner.ts'
import type { ProgressState } from './progress-state.ts'
import type { ResultCache } from './result-cache.ts'
import type { Schedule } from './schedule.ts'
import type { Value } from './value.ts'

/** What lasts from prompt to prompt. */
export interface Caches {
  readonly outputs: ResultCache<readonly (readonly Value[])[]>
  readonly ui: ResultCache<UiEntry>
}

export interface UiEntry {
  readonly meta: PyDict
  readonly output: PyDict
}

/** What the server gives an execution to work with. */
export interface ExecutionServices {
  readonly runner: NodeRunner
  readonly rules: Rules
  readonly clock: Clock
  readonly outbox: Outbox
  /** Whether an interrupt is wanted; asking takes it back. */
  takeInterrupt(): boolean
  /** The display id of the node that started last, for a client that reconnects; null at the end. */
  lastNode(id: string | null): void
  /** A text that no cache key had before. */
  unequal(): string
}

/** One prompt while it runs. */
export interface PromptRun extends ExecutionServices {
  readonly promptId: string
  readonly prompt: DynamicPrompt
  readonly extraData: Py
  /** null: the prompt was sent without one. */
  readonly clientId: Py
  readonly caches: Caches
  readonly keys: CacheKeys
  readonly schedule: Schedule
  readonly progress: ProgressState
  /** Nodes that ran to success in this prompt. */
  readonly executed: Set<string>
  /** What was told of nodes in this prompt, in that order. */
  readonly emitted: Map<string, UiEntry>
  /** Nodes that wait for the graph they expanded to. */
  readonly expanded: Map<string, readonly NodeResult[]>
  readonly async: AsyncCalls
}

/** The flag of `/interrupt` was seen at a check point. */
export class Interrupted extends Error {}

/** Where messages go. `to` is a client id; null means everybody. What nobody listens to is never made. */
export interface Outbox {
  /** `data` gives the JSON of the message's data. */
  send(type: string, data: () => string, to: Py): void
  /** Whether this client announced `supports_preview_metadata`. */
  takesPreviewMetadata(to: Py): boolean
  /** Binary frame 1, or 4 when `metadata` is given. */
  preview(preview: Preview, metadata: PyDict | null, to: Py): void
  /** Binary frame 3, to everybody. */
  text(nodeId: string, text: string): void
}
