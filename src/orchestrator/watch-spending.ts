import type { PromptEvent } from '../clients/clients.ts'
import type { Job } from '../domain/plan.ts'
import { stepPace } from '../domain/step-pace.ts'
import type { RunContext } from './run-context.ts'

/** Watches a prompt that is waited for. `signal` is aborted with what stops it. */
export function watchSpending(
  { spending, now }: RunContext,
  job: Job,
): { see(event: PromptEvent): void; readonly signal: AbortSignal } {
  const over = new AbortController()
  const pace = stepPace()
  const { budget, deadline } = spending.terms
  return {
    signal: over.signal,
    see(event) {
      if (budget === null && deadline === null) return
      if (event.kind === 'progress') pace.see(event, now())
      const error = spending.overrun(job, pace.left(now()) ?? 0)
      if (error) over.abort(error)
    },
  }
}
