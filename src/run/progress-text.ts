import type { Job } from '../domain/plan.ts'
import { type Price, priceText } from '../domain/price.ts'
import type { RunEvent } from '../domain/run-event.ts'
import { isOverrunCode } from '../domain/spending.ts'

/** `job 3/15 high chunk 2`: its place in the plan, jobs counted from 1 over both kinds. */
export function jobText(jobs: readonly Job[], workflow: number): string {
  const job = jobs[workflow - 1]
  return job ? `job ${workflow}/${jobs.length} ${job.kind} chunk ${job.chunk.number}` : `job ${workflow}`
}

/** Without the reason when a job failed for good: its video fails with it and tells the reason. */
export function failedText({ code, reason, attempt, willRetry }: Extract<RunEvent, { kind: 'job-failed' }>): string {
  if (code === 'PR_CANCELLED') return 'cancelled'
  if (isOverrunCode(code)) return 'stopped'
  return willRetry ? `failed: ${code}: ${reason} (attempt ${attempt}, trying again)` : `failed (attempt ${attempt})`
}

/** `pod abc is RUNNING, $0.79/h (RunPod, 2026-11-30): found`; without a price where none is known, or none is paid. */
export function podText(
  { podId, status, action, gpus = [] }: Extract<RunEvent, { kind: 'pod' }>,
  price: Price | null,
): string {
  const costs = price === null || status !== 'RUNNING' ? '' : `, ${priceText(price)}`
  const load = gpus
    .map(({ util, memoryUtil }) => `, a GPU ${util} % busy with ${memoryUtil} % of its memory taken`)
    .join('')
  return `pod ${podId} is ${status}${costs}${load}: ${action}`
}
