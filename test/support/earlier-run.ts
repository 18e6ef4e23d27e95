import { promptId } from '../../src/domain/ids.ts'
import { jobsOf, type Plan } from '../../src/domain/plan.ts'
import { type JobResult, mainFileOf, type OutputFile, type RunEvent } from '../../src/domain/run-event.ts'
import {
  noFacts,
  type ResumeDecision,
  type ResumeFacts,
  resumeDecision,
} from '../../src/orchestrator/resume-decision.ts'
import { noRun, type RunState, reduceRunState } from '../../src/state/run-state.ts'
import { planOf } from './plans.ts'
import { resultOf } from './results.ts'

/** Two chunks: HIGH 1, LOW 2, HIGH 3, LOW 4, combine 5 and 6. */
export const plan = planOf('otter')
/** The same video, planned otherwise. */
export const another = planOf('otter', 120, { positivePrompt: 'Another.' })

const at = 0
const video = 'otter'

/** The video begins. */
export function started(as = plan, skipped: number[] = []): RunEvent {
  return { kind: 'video-started', at, video, plan: as, skipped }
}

/** Jobs end, each with its `result` unless another one is given. */
export function done(...jobs: ReadonlyArray<number | readonly [workflow: number, result: JobResult]>): RunEvent[] {
  return jobs.map((job) => {
    const [workflow, made] = typeof job === 'number' ? [job, result(job)] : job
    return { kind: 'job-finished', at, video, workflow, result: made }
  })
}

/** The prompt of a job is sent. */
export function sent(workflow: number, attempt: number, as: Plan = plan): Extract<RunEvent, { kind: 'job-started' }> {
  const { jobId } = jobsOf(as)[workflow - 1]!
  return { kind: 'job-started', at, video, workflow, promptId: promptId('run', jobId, attempt), attempt, graph: 'g' }
}

/** What each job left, by its number. */
export const results: ReadonlyMap<number, JobResult> = new Map(
  jobsOf(plan).map(({ workflowNumber }) => [workflowNumber, resultOf(plan, workflowNumber)]),
)
export const result = (workflow: number): JobResult => results.get(workflow)!
export const server = (workflow: number): OutputFile => mainFileOf(result(workflow)).server
export const copy = (workflow: number): string => mainFileOf(result(workflow)).copy!

/** What a run knows after these events. */
export function stateAfter(...events: readonly RunEvent[]): RunState {
  return events.reduce(reduceRunState, { ...noRun, runId: 'run' })
}

/** Of a film that lies as it was placed, and a place in the bucket that is free. */
export function decide(events: readonly RunEvent[], facts: Partial<ResumeFacts>, as: Plan = plan): ResumeDecision {
  return resumeDecision(as, stateAfter(...events), { ...noFacts(null), isTaken: false, isPlaced: true, ...facts })
}
