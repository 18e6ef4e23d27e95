import { basename, dirname } from 'node:path'
import type { Price } from '../domain/price.ts'
import type { RunEvent } from '../domain/run-event.ts'
import { PromptRunnerError } from '../errors.ts'
import { readRunState } from './read-journal.ts'
import { type Holder, holderOf } from './run-lock.ts'
import type { VideoState } from './run-state.ts'

/** What has become of a run. */
export type RunCondition = 'done' | 'running' | 'cancelled' | 'failed' | 'unfinished' | 'damaged'

/** A run for those who look at several, as its journal and its lock tell of it. */
export interface RunRecord {
  readonly runName: string
  /** Path of its journal. */
  readonly journal: string
  readonly dryRun: boolean
  readonly condition: RunCondition
  /** Who runs it; null: nobody, or nobody knows who. */
  readonly holder: Holder | null
  /** Epoch milliseconds of its first and its last event, on its own clock. */
  readonly startedAt: number | null
  readonly lastAt: number | null
  readonly videos: readonly RecordedVideo[]
  readonly jobs: { readonly done: number; readonly planned: number }
  /** USD of the starts that a price was known for, and the last price; null: nobody knew one, or it was a rehearsal. */
  readonly cost: { readonly dollars: number; readonly price: Price } | null
  /** How long its last start was estimated to take before its first job, and took; null: there was no estimate, or no good end. */
  readonly estimate: { readonly seconds: number; readonly tookSeconds: number } | null
  /** Words of the command line that it was started with; null: its journal does not say. */
  readonly options: readonly string[] | null
  /** Why its journal cannot be read. */
  readonly problem: PromptRunnerError | null
}

interface RecordedVideo {
  readonly name: string
  readonly status: VideoState['status'] | 'planned'
  readonly film: string | null
}

/** Reads what a run's journal tells of it; a journal that cannot be read is told of, too. */
export function recordOf(journal: string): RunRecord {
  const runName = basename(journal, '.jsonl')
  const holder = holderOf(dirname(journal), runName)
  const seen = seeing()
  const record = { runName, journal, holder: holder === 'unknown' ? null : holder }
  try {
    const { dryRun, videos, cost } = readRunState(journal, seen.see)
    const { names, jobs, end, options, startedAt, lastAt, price, estimate } = seen
    const planned = Object.values(videos).flatMap(({ jobIds }) => Object.keys(jobIds)).length
    const done = Object.values(videos).flatMap((video) => Object.keys(video.done)).length
    return {
      ...record,
      dryRun,
      condition: holder === null ? end : 'running',
      startedAt,
      lastAt,
      videos: names.map((name) => recorded(name, videos[name])),
      // Of a video that has not begun only the sum tells.
      jobs: { done, planned: Math.max(planned, jobs) },
      cost: price === null || dryRun ? null : { dollars: cost.dollars, price },
      estimate: dryRun ? null : estimate,
      options,
      problem: null,
    }
  } catch (error) {
    if (!(error instanceof PromptRunnerError)) throw error
    const unknown = {
      startedAt: seen.startedAt,
      lastAt: seen.lastAt,
      videos: [],
      jobs: { done: 0, planned: 0 },
      cost: null,
      estimate: null,
    }
    return { ...record, dryRun: seen.dryRun, condition: 'damaged', ...unknown, options: seen.options, problem: error }
  }
}

function recorded(name: string, video: VideoState | undefined): RecordedVideo {
  return { name, status: video?.status ?? 'planned', film: video?.film?.path ?? null }
}

/** Nothing of it is checked where a journal is read: no run goes on by it. */
function secondsOf({ seconds }: { readonly seconds?: { readonly mid?: unknown } }): number | null {
  const mid = seconds?.mid
  return typeof mid === 'number' && Number.isFinite(mid) ? mid : null
}

/** Takes down what the state of a run leaves out. */
function seeing() {
  const seen = {
    startedAt: null as number | null,
    lastAt: null as number | null,
    dryRun: false,
    names: [] as readonly string[],
    jobs: 0,
    price: null as Price | null,
    options: null as readonly string[] | null,
    begunAt: 0,
    estimated: null as number | null,
    estimate: null as RunRecord['estimate'],
    end: 'unfinished' as RunCondition,
    see(event: RunEvent) {
      seen.startedAt ??= event.at
      seen.lastAt = event.at
      if (event.kind === 'run-started') {
        const { dryRun, videos, jobs = 0, options = null } = event
        const isNew = { begunAt: event.at, estimated: null, estimate: null }
        Object.assign(seen, { dryRun, names: videos, jobs, options, end: 'unfinished', ...isNew })
      }
      if (event.kind === 'price') seen.price = event.price
      if (event.kind === 'estimate') seen.estimated ??= secondsOf(event)
      if (event.kind === 'run-finished' && event.ok && seen.estimated !== null)
        seen.estimate = { seconds: seen.estimated, tookSeconds: (event.at - seen.begunAt) / 1_000 }
      if (event.kind === 'run-finished') seen.end = event.ok ? 'done' : event.cancelled ? 'cancelled' : 'failed'
    },
  }
  return seen
}
