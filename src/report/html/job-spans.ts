import { type Job, jobsOf, workflowsBefore } from '../../domain/plan.ts'
import type { RunEvent } from '../../domain/run-event.ts'

/** A job of a run and when it was at work. */
export interface JobSpan {
  /** Its number in the run, as its file in `workflows/` has it. */
  readonly number: number
  readonly video: string
  readonly kind: Job['kind']
  readonly chunk: number
  readonly status: 'planned' | 'begun' | 'done' | 'failed' | 'skipped'
  readonly attempts: number
  /** Epoch milliseconds; null: it never began. */
  readonly startedAt: number | null
  readonly endedAt: number | null
  /** Milliseconds by what they went into; what nobody saw is `other`, and a combine job is nothing else than `combine`. */
  readonly phases: Readonly<Partial<Record<Phase, number>>>
  /** Why its last attempt failed. */
  readonly failure: string | null
}

/** What the time of a job goes into. */
export const phases = ['load', 'text', 'sampling', 'decode', 'combine', 'other'] as const
export type Phase = (typeof phases)[number]

/** The jobs of all videos that have begun, in the order of their numbers. */
export function jobSpans(events: readonly RunEvent[]): JobSpan[] {
  const started = events.filter((event) => event.kind === 'video-started')
  // A run that was resumed starts its videos anew; the last word counts.
  const plans = [...new Map(started.map(({ video, plan }) => [video, plan])).values()]
  const before = workflowsBefore(plans)
  const spans = new Map<string, Writable<JobSpan>>()
  for (const plan of plans)
    for (const job of jobsOf(plan))
      spans.set(key(plan.videoName, job.workflowNumber), {
        number: before.get(plan.videoName)! + job.workflowNumber,
        video: plan.videoName,
        kind: job.kind,
        chunk: job.chunk.number,
        status: 'planned',
        attempts: 0,
        startedAt: null,
        endedAt: null,
        phases: {},
        failure: null,
      })
  for (const event of events) tell(event, spans)
  return [...spans.values()]
}

type Writable<T> = { -readonly [K in keyof T]: T[K] }

function tell(event: RunEvent, spans: ReadonlyMap<string, Writable<JobSpan>>): void {
  if (event.kind === 'video-started')
    for (const number of event.skipped) {
      const span = spans.get(key(event.video, number))
      if (span?.status === 'planned') span.status = 'skipped'
    }
  if (!('workflow' in event)) return
  const span = spans.get(key(event.video, event.workflow))
  if (!span) return
  switch (event.kind) {
    case 'job-started':
      Object.assign(span, { status: 'begun', attempts: event.attempt, endedAt: null })
      span.startedAt ??= event.at
      break
    case 'job-taken':
      span.status = 'skipped'
      break
    case 'job-failed':
      Object.assign(span, { status: 'failed', endedAt: event.at, failure: `${event.code}: ${event.reason}` })
      break
    case 'job-finished':
      Object.assign(span, { status: 'done', endedAt: event.at, phases: phasesOf(span.kind, event.result) })
      span.startedAt ??= event.at - event.result.tookMs
      break
  }
}

function phasesOf(kind: Job['kind'], { tookMs, phases: seen }: Extract<RunEvent, { kind: 'job-finished' }>['result']) {
  if (kind === 'combine') return { combine: tookMs }
  if (!seen) return { other: tookMs }
  const { load, text, sampling, decode } = seen
  return { load, text, sampling, decode, other: Math.max(0, tookMs - load - text - sampling - decode) }
}

const key = (video: string, workflow: number) => `${workflow} ${video}`
