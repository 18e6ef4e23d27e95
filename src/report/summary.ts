import type { PromptRunnerError } from '../errors.ts'
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
  readonly videos: readonly object[]
  readonly jobs: {
    total: number
    render: number
    combine: number
    done: number
    skipped: number
    failed_attempts: number
  }
  readonly frames: { rendered: number; kept: number }
  readonly uploads: { videos: number; manifests: number; bytes: number }
  readonly server_time_seconds: { high: number; low: number; combine: number; total: number }
  readonly pod: RunTally['pod']
  readonly warnings: readonly string[]
  readonly rehearsal: Rehearsal | null
}

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

export interface Estimate {
  /** null when the recording says nothing about a GPU. */
  readonly gpu_minutes: number | null
  readonly cost_usd: number | null
  readonly note: string
}

export function makeSummary(
  tally: RunTally,
  more: { dryRun: boolean; folder: string | null; failures: readonly PromptRunnerError[]; rehearsal: Rehearsal | null },
): Summary {
  const { videos } = tally
  const plans = videos.map((video) => video.plan)
  const objects = videos.flatMap((video) => video.uploads)
  const time = (kind: 'high' | 'low' | 'combine') => round(sum(videos.map((video) => video.tookMs[kind])) / 1000)
  const render = sum(plans.map((plan) => plan.renderJobs.length))
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
      done: sum(videos.map((video) => video.done)),
      skipped: sum(videos.map((video) => video.skipped)),
      failed_attempts: sum(videos.map((video) => video.failedAttempts)),
    },
    frames: {
      rendered: sum(plans.flatMap((plan) => plan.chunks.map((chunk) => chunk.renderFrames))),
      kept: sum(plans.map((plan) => plan.totalFrames)),
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
    pod: tally.pod,
    warnings: tally.warnings,
    rehearsal: more.rehearsal,
  }
}

/** The cost of the recorded server's time on this pod, or why no figure can be given. */
export function estimateOf(serverSeconds: number, device: string, costPerHour: number | null): Estimate {
  if (device === 'cpu') {
    const note = `none: the recording was made on a CPU, and its times (${round(serverSeconds)} s here) are not GPU times. \`pr record\` on your GPU gives an estimate.`
    return { gpu_minutes: null, cost_usd: null, note }
  }
  const minutes = round(serverSeconds / 60)
  const cost = costPerHour === null ? null : round((serverSeconds / 3600) * costPerHour)
  const price = cost === null ? 'no pod, no price' : `$${cost.toFixed(2)} at $${costPerHour}/h`
  return { gpu_minutes: minutes, cost_usd: cost, note: `${minutes} min on ${device} (recorded timings), ${price}` }
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0)
}

function round(number: number): number {
  return Math.round(number * 100) / 100
}
