import type { Job, Plan } from './plan-types.ts'

/**
 * How many jobs the plans before each video have: added to the number of a workflow in its plan it gives the number in the run, which
 * is that of its file in a run folder.
 */
export function workflowsBefore(plans: readonly Plan[]): ReadonlyMap<string, number> {
  let before = 0
  return new Map(
    plans.map((plan) => {
      const entry = [plan.videoName, before] as const
      before += jobsOf(plan).length
      return entry
    }),
  )
}

/** All jobs of a plan, in the order in which they run. */
export function jobsOf({ renderJobs, combineJobs }: Plan): Job[] {
  return [...renderJobs, ...combineJobs]
}
