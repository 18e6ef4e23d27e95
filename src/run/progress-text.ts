import type { Job } from '../domain/plan.ts'
import type { RunEvent } from '../domain/run-event.ts'

/** `job 3/15 high chunk 2`: its place in the plan, jobs counted from 1 over both kinds. */
export function jobText(jobs: readonly Job[], workflow: number): string {
  const job = jobs[workflow - 1]
  return job ? `job ${workflow}/${jobs.length} ${job.kind} chunk ${job.chunk.number}` : `job ${workflow}`
}

/** Without the reason when a job failed for good: its video fails with it and tells the reason. */
export function failedText({ code, reason, attempt, willRetry }: Extract<RunEvent, { kind: 'job-failed' }>): string {
  if (code === 'PR_CANCELLED') return 'cancelled'
  return willRetry ? `failed: ${code}: ${reason} (attempt ${attempt}, trying again)` : `failed (attempt ${attempt})`
}

/** `pod abc is RUNNING, $0.79 an hour: found`; the price is left out when it is not known. */
export function podText({ podId, status, costPerHour, action, gpus = [] }: Extract<RunEvent, { kind: 'pod' }>): string {
  const price = costPerHour === null ? '' : `, $${costPerHour.toFixed(2)} an hour`
  const load = gpus
    .map(({ util, memoryUtil }) => `, a GPU ${util} % busy with ${memoryUtil} % of its memory taken`)
    .join('')
  return `pod ${podId} is ${status}${price}${load}: ${action}`
}
