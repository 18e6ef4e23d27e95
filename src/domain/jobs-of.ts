import type { Job, Plan } from './plan-types.ts'

/** All jobs of a plan, in the order in which they run. */
export function jobsOf({ renderJobs, combineJobs }: Plan): Job[] {
  return [...renderJobs, ...combineJobs]
}
