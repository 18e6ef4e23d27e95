import { jobsOf, type Plan, workflowsBefore } from '../../domain/plan.ts'
import type { RunEvent } from '../../domain/run-event.ts'
import { withoutIds } from '../../recording/outcome-words.ts'

/** Something that went wrong in a run, once or several times in the same words. */
export interface RunFailureSeen {
  readonly code: string
  readonly reason: string
  /** Of the run, as faults number them; null: no job had begun. */
  readonly job: number | null
  readonly chunk: number | null
  readonly times: number
  /** Whether it is what ended the video. */
  readonly isLast: boolean
}

/** What the journal of a run's last start tells of it. */
export interface LastStart {
  /** Those that were begun, in their order. */
  readonly plans: readonly Plan[]
  readonly failures: readonly RunFailureSeen[]
  /** As the server called itself; null: it was not live, or of an older version. */
  readonly server: string | null
  /** Epoch milliseconds of the last event. */
  readonly endedAt: number
}

/** Reads the events of a run from its last start on. */
export function lastStart(events: readonly RunEvent[]): LastStart {
  const own = events.slice(events.findLastIndex(({ kind }) => kind === 'run-started'))
  // A video begins again when its server has lost what was done of it.
  const begun = own.flatMap((event) => (event.kind === 'video-started' ? [[event.video, event.plan] as const] : []))
  const plans = [...new Map(begun).values()]
  const before = workflowsBefore(plans)
  const server = own.find((event) => event.kind === 'server')
  const current = new Map<string, number>()
  const seen = new Map<string, RunFailureSeen>()
  const add = (video: string, code: string, reason: string, isLast: boolean) => {
    const workflow = current.get(video)
    const plan = plans.find(({ videoName }) => videoName === video)
    const job = plan && jobsOf(plan).find(({ workflowNumber }) => workflowNumber === workflow)
    const key = JSON.stringify([video, workflow, code, withoutIds(reason)])
    const known = seen.get(key)
    // What ended the video has been told of its job already.
    const times = (known?.times ?? 0) + (isLast && known ? 0 : 1)
    const number = job ? (before.get(video) ?? 0) + job.workflowNumber : null
    seen.delete(key)
    seen.set(key, { code, reason, job: number, chunk: job?.chunk.number ?? null, times, isLast })
  }
  for (const event of own) {
    if (event.kind === 'job-started' || event.kind === 'job-adopted') current.set(event.video, event.workflow)
    if (event.kind === 'job-failed') {
      current.set(event.video, event.workflow)
      add(event.video, event.code, event.reason, false)
    }
    if (event.kind === 'video-failed') add(event.video, event.code, event.reason, true)
  }
  return {
    plans,
    failures: [...seen.values()],
    server: server?.kind === 'server' ? [`ComfyUI ${server.version}`, server.gpu].filter(Boolean).join(', ') : null,
    endedAt: own.at(-1)?.at ?? 0,
  }
}
