import { jobsOf, type Plan } from '../../src/domain/plan.ts'
import type { JobResult, OutputFile } from '../../src/domain/run-event.ts'

/** A file that the server made of this name. */
export const onServer = (filename: string): OutputFile => ({ filename, subfolder: '', type: 'output' })

/** What a job of a plan left behind: nothing but its main file, of which LOW has a copy. */
export function resultOf(plan: Plan, workflow: number, promptId = `p${workflow}`, tookMs = 1): JobResult {
  const { kind } = jobsOf(plan).find(({ workflowNumber }) => workflowNumber === workflow)!
  const done = { promptId, tookMs }
  if (kind === 'high') return { ...done, kind, latent: { server: onServer(`${workflow}.latent`), copy: null } }
  if (kind === 'combine') return { ...done, kind, film: { server: onServer(`${workflow}.mp4`), copy: null } }
  const video = { server: onServer(`${workflow}.mp4`), copy: `/nowhere/${workflow}.mp4` }
  return { ...done, kind, video, latent: null }
}
