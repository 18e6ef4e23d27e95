import type { EstimateFacts } from '../domain/estimate/estimate-data.ts'
import type { Plan } from '../domain/plan.ts'
import type { Price } from '../domain/price.ts'
import { returnedText } from '../domain/returned-text.ts'
import type { RunEvent, StoredObject } from '../domain/run-event.ts'
import { isOverrunCode } from '../domain/spending.ts'
import { type ServerTally, tallyServers } from './server-tally.ts'

/** What came of a run, counted from its events alone. */
export interface RunTally {
  readonly runId: string
  readonly runName: string
  readonly startedAt: number
  readonly endedAt: number
  readonly videos: readonly VideoTally[]
  readonly pod: {
    readonly id: string
    readonly status: string
    readonly action: string
  } | null
  /** What an hour costs, and what earlier starts of the run have cost, in USD; null: nobody has said. */
  readonly price: { readonly price: Price; readonly before: number } | null
  /** Of this start: before its first job, and once its pace was known. */
  readonly estimates: readonly EstimateFacts[]
  readonly warnings: readonly string[]
  /** What each of several servers did; none where there is one alone. */
  readonly servers: readonly ServerTally[]
}

interface VideoTally {
  readonly name: string
  readonly plan: Plan
  readonly status: 'not_begun' | 'running' | 'finished' | 'failed'
  /** Workflow numbers of the jobs that were done in this run, and of those that an earlier part of it had done. */
  readonly done: readonly number[]
  readonly skipped: readonly number[]
  readonly failedAttempts: number
  /** Server time of the jobs by kind, milliseconds on the run's clock. */
  readonly tookMs: Readonly<Record<'high' | 'low' | 'combine', number>>
  readonly film: string | null
  readonly uploads: ReadonlyArray<StoredObject & { readonly role: 'film' | 'manifest' }>
  readonly failure: { readonly code: string; readonly reason: string } | null
}

/** One that is still counted: a long film has thousands of jobs, which are not to be copied at each. */
type OpenTally = Omit<VideoTally, 'done'> & { readonly done: number[] }

/** Collects the events of a run of such plans; `tally()` may be asked at any time. */
export function createTally(plans: readonly Plan[] = []): { add: (event: RunEvent) => void; tally: () => RunTally } {
  let run = { runId: '', runName: '', startedAt: 0, endedAt: 0 }
  let pod: RunTally['pod'] = null
  let price: RunTally['price'] = null
  const servers = tallyServers()
  const warnings: string[] = []
  const estimates: EstimateFacts[] = []
  const videos = new Map<string, OpenTally>(plans.map((plan) => [plan.videoName, newVideo(plan)]))
  const change = (name: string, update: (video: OpenTally) => Partial<OpenTally>) => {
    const video = videos.get(name)
    if (video) videos.set(name, { ...video, ...update(video) })
  }
  const add = (event: RunEvent) => {
    run = { ...run, endedAt: event.at }
    servers.add(event)
    switch (event.kind) {
      case 'run-started':
        run = { ...run, runId: event.runId, runName: event.runName, startedAt: event.at }
        break
      case 'video-started':
        videos.set(event.video, startedVideo(event, videos.get(event.video)))
        break
      case 'job-finished':
        change(event.video, (video) => {
          const kind = kindOf(video.plan, event.workflow)
          const tookMs = { ...video.tookMs, [kind]: video.tookMs[kind] + event.result.tookMs }
          video.done.push(event.workflow)
          return { tookMs }
        })
        break
      case 'job-failed':
        // Who stops a job does not make it fail.
        if (event.code !== 'PR_CANCELLED' && !isOverrunCode(event.code))
          change(event.video, (video) => ({ failedAttempts: video.failedAttempts + 1 }))
        break
      case 'upload-finished':
        change(event.video, (video) => ({ uploads: [...video.uploads, { ...event.object, role: event.role }] }))
        break
      case 'film-downloaded':
        change(event.video, () => ({ film: event.file }))
        break
      case 'video-finished':
        change(event.video, () => ({ status: 'finished', film: event.film }))
        break
      case 'video-failed':
        change(event.video, () => ({ status: 'failed', failure: { code: event.code, reason: event.reason } }))
        break
      case 'pod':
        pod = { id: event.podId, status: event.status, action: event.action }
        break
      case 'price':
        price = { price: event.price, before: event.before }
        break
      case 'estimate': {
        const { kind: _, at: __, ...facts } = event
        estimates.push(facts)
        break
      }
      case 'video-returned':
        warnings.push(returnedText(event))
        break
      case 'warning':
        warnings.push(event.message)
        break
    }
  }
  return {
    add,
    tally: () => ({
      ...run,
      pod,
      price,
      estimates: [...estimates],
      warnings,
      servers: servers.tally(),
      videos: Array.from(videos.values(), (video) => ({ ...video, done: [...video.done] })),
    }),
  }
}

/** A video that starts again in the same run keeps what it had done, as far as that still counts. */
function startedVideo({ plan, skipped }: Extract<RunEvent, { kind: 'video-started' }>, before?: OpenTally): OpenTally {
  const done = before?.done.filter((number) => skipped.includes(number)) ?? []
  const started = {
    ...newVideo(plan),
    status: 'running' as const,
    skipped: skipped.filter((number) => !done.includes(number)),
  }
  return before ? { ...started, done, failedAttempts: before.failedAttempts, tookMs: before.tookMs } : started
}

function newVideo(plan: Plan): OpenTally {
  const tookMs = { high: 0, low: 0, combine: 0 }
  return {
    name: plan.videoName,
    plan,
    status: 'not_begun',
    done: [],
    skipped: [],
    failedAttempts: 0,
    tookMs,
    film: null,
    uploads: [],
    failure: null,
  }
}

function kindOf(plan: Plan, workflow: number): 'high' | 'low' | 'combine' {
  // Two passes a chunk, HIGH before LOW, and the combine jobs behind them all.
  if (workflow > 2 * plan.passes.length) return 'combine'
  return workflow % 2 === 1 ? 'high' : 'low'
}
