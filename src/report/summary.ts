import { type EstimateData, usdOf } from '../domain/estimate/estimate-data.ts'
import { costOf, sourceText } from '../domain/price.ts'
import type { StoredObject } from '../domain/run-event.ts'
import type { PromptRunnerError } from '../errors.ts'
import type { Rehearsal } from './rehearsal.ts'
import type { RunTally } from './run-tally.ts'

/** `summary.json` of a run folder and the object of `--json`; snake_case like every file that users read. */
export interface Summary {
  readonly dry_run: boolean
  readonly ok: boolean
  /** The highest that applies. */
  readonly exit_code: number
  readonly failures: readonly object[]
  readonly run_id: string
  readonly run_name: string
  readonly folder: string | null
  readonly videos: ReadonlyArray<{
    readonly name: string
    readonly status: string
    readonly film: string | null
    readonly objects: ReadonlyArray<StoredObject & { readonly role: 'film' | 'manifest'; readonly url: string }>
    readonly [more: string]: unknown
  }>
  readonly jobs: {
    total: number
    render: number
    combine: number
    done: number
    skipped: number
    failed_attempts: number
  }
  /** Rendered in this run; kept in the films that lie in `final/`, uploaded or not. */
  readonly frames: { rendered: number; kept: number }
  readonly uploads: { videos: number; manifests: number; bytes: number }
  readonly server_time_seconds: { high: number; low: number; combine: number; total: number }
  readonly pod: { id: string; status: string; cost_per_hour: number | null; action: string } | null
  /** The time from this start to the end, and what it has cost; null in a dry run, whose time is simulated. */
  readonly spent: { seconds: number; usd: number | null; usd_of_earlier_starts: number | null } | null
  /** What each of several servers did, and cost for as long as this start lasted; missing where there is one alone. */
  readonly servers?: ReadonlyArray<ServerShare>
  /** What an hour costs, and who says so; null: nobody does, and no sum of money is given. */
  readonly price: { usd_per_hour: number; source: string } | null
  /** The last one, with what the first one was in the middle; null: there was none. `rehearsal` says why. */
  readonly estimate: (EstimateData & { first_seconds: number; took_seconds: number | null }) | null
  readonly warnings: readonly string[]
  readonly rehearsal: Rehearsal | null
}

interface ServerShare {
  readonly url: string
  readonly films: readonly string[]
  readonly jobs: number
  readonly busy_seconds: number
  readonly usd_per_hour: number | null
  readonly usd: number | null
}

/** One of several servers of a run. */
export interface RentedServer {
  readonly url: string
  /** USD an hour; null: nobody knows. */
  readonly price: number | null
}

/** The facts of a run in numbers; every failure with its sentence. */
export function makeSummary(
  tally: RunTally,
  more: {
    dryRun: boolean
    folder: string | null
    failures: readonly PromptRunnerError[]
    rehearsal: Rehearsal | null
    servers?: readonly RentedServer[]
  },
): Summary {
  const { videos } = tally
  const plans = videos.map((video) => video.plan)
  const objects = videos.flatMap((video) => video.uploads)
  const time = (kind: 'high' | 'low' | 'combine') => round(sum(videos.map((video) => video.tookMs[kind])) / 1000)
  const render = sum(plans.map((plan) => plan.passes.length * 2))
  const combine = sum(plans.map((plan) => plan.combineJobs.length))
  return {
    dry_run: more.dryRun,
    ok: more.failures.length === 0,
    exit_code: Math.max(0, ...more.failures.map((failure) => failure.exitCode)),
    failures: more.failures.map(({ code, message, hint, problems }) => ({
      code,
      message,
      hint: hint ?? null,
      problems,
    })),
    run_id: tally.runId,
    run_name: tally.runName,
    folder: more.folder,
    videos: videos.map((video) => ({
      name: video.name,
      status: video.status,
      frames: video.plan.totalFrames,
      fps: video.plan.fps,
      chunks: video.plan.chunks.length,
      film: video.film,
      objects: video.uploads.map((object) => ({ ...object, url: `gs://${object.bucket}/${object.name}` })),
      failure: video.failure,
    })),
    jobs: {
      total: render + combine,
      render,
      combine,
      done: sum(videos.map((video) => video.done.length)),
      skipped: sum(videos.map((video) => video.skipped.length)),
      failed_attempts: sum(videos.map((video) => video.failedAttempts)),
    },
    frames: {
      rendered: sum(videos.map(framesRendered)),
      kept: sum(videos.filter((video) => video.film !== null).map((video) => video.plan.totalFrames)),
    },
    uploads: {
      videos: objects.filter((object) => object.role === 'film').length,
      manifests: objects.filter((object) => object.role === 'manifest').length,
      bytes: sum(objects.map((object) => object.size)),
    },
    server_time_seconds: {
      high: time('high'),
      low: time('low'),
      combine: time('combine'),
      total: round(time('high') + time('low') + time('combine')),
    },
    pod: podOf(tally),
    spent: more.dryRun ? null : spentBy(tally),
    ...(more.servers && { servers: sharesOf(tally, more.servers, more.dryRun) }),
    price: tally.price && { usd_per_hour: tally.price.price.perHour, source: sourceText(tally.price.price) },
    estimate: estimated(tally, !more.dryRun && more.failures.length === 0),
    warnings: [
      ...videos.flatMap(({ name, plan }) => plan.warnings.map((warning) => `${name}: ${warning}`)),
      ...tally.warnings,
    ],
    rehearsal: more.rehearsal,
  }
}

function podOf({ pod, price }: RunTally): Summary['pod'] {
  return pod && { id: pod.id, status: pod.status, cost_per_hour: price?.price.perHour ?? null, action: pod.action }
}

function sharesOf(
  { servers, startedAt, endedAt }: RunTally,
  rented: readonly RentedServer[],
  dryRun: boolean,
): ServerShare[] {
  const ms = endedAt - startedAt
  return rented.map(({ url, price }) => {
    const { films = [], jobs = 0, busyMs = 0 } = servers.find((server) => server.url === url) ?? {}
    const usd = price === null || dryRun ? null : round(costOf(ms, { perHour: price }))
    return { url, films, jobs, busy_seconds: round(busyMs / 1_000), usd_per_hour: price, usd }
  })
}

function spentBy({ startedAt, endedAt, price }: RunTally): Summary['spent'] {
  const ms = endedAt - startedAt
  return {
    seconds: round(ms / 1000),
    usd: price && round(costOf(ms, price.price)),
    usd_of_earlier_starts: price && round(price.before),
  }
}

/** What a run took tells of an estimate only where it was live and has come to its end. */
function estimated({ estimates, price, startedAt, endedAt }: RunTally, isDone: boolean): Summary['estimate'] {
  const [first, last] = [estimates[0], estimates.at(-1)]
  if (!first || !last) return null
  return {
    ...last,
    usd: price && usdOf(last.seconds, price.price),
    first_seconds: first.seconds.mid,
    took_seconds: isDone ? round((endedAt - startedAt) / 1_000) : null,
  }
}

function framesRendered({ plan, done }: RunTally['videos'][number]): number {
  const numbers = new Set(done)
  const rendered = plan.passes.filter(({ low }) => numbers.has(low.workflowNumber))
  return sum(rendered.map(({ low }) => low.chunk.renderFrames))
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0)
}

function round(number: number): number {
  return Math.round(number * 100) / 100
}
