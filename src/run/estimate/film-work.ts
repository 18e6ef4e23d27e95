import type { Templates } from '../../domain/bindings.ts'
import { type FilmWork, sizeOf } from '../../domain/estimate/film-time.ts'
import { type Forward, forwardOf } from '../../domain/estimate/forward.ts'
import { usesVace } from '../../domain/estimate/uses-vace.ts'
import type { Plan } from '../../domain/plan.ts'
import { doneJobs } from '../../orchestrator/done-jobs.ts'
import type { RunState } from '../../state/run-state.ts'

/** What there is to render of films: all of it, or what `isToDo` says. */
export function filmWork(
  { plans, templates }: { readonly plans: readonly Plan[]; readonly templates: Templates },
  isToDo: FilmWork['isToDo'] = () => true,
): FilmWork {
  return { plans, vace: usesVace(templates.render), isToDo }
}

/** What an earlier part of a run, or another run that is taken over, has not done. What of it still counts is only known when it goes on. */
export function leftOf(plans: readonly Plan[], earlier: RunState | null): FilmWork['isToDo'] {
  const done = new Map(
    plans.flatMap((plan) => {
      const video = earlier?.videos[plan.videoName]
      return earlier && video ? [[plan.videoName, doneJobs(plan, earlier.runId, video)] as const] : []
    }),
  )
  return ({ workflowNumber }, { videoName }) => done.get(videoName)?.has(workflowNumber) !== true
}

/** A forward of the last pass, which is like most; null where there is no film. */
export function usualForward({ plans: [plan], vace }: FilmWork): Forward | null {
  const pass = plan?.passes.at(-1)
  return plan && pass ? forwardOf(sizeOf(plan, pass.low, vace)) : null
}
