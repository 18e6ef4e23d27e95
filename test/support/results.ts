import { jobsOf, type Plan } from '../../src/domain/plan.ts'
import type { JobResult, OutputFile } from '../../src/domain/run-event.ts'

/** A file that the server made of this name. */
export const onServer = (filename: string): OutputFile => ({ filename, subfolder: '', type: 'output' })

/** What a job of a plan left behind: its main file, and a copy of a LOW's video or of the whole film. */
export function resultOf(plan: Plan, workflow: number, promptId = `p${workflow}`, tookMs = 1): JobResult {
  const jobs = jobsOf(plan)
  const { kind } = jobs.find(({ workflowNumber }) => workflowNumber === workflow)!
  const done = { promptId, tookMs }
  if (kind === 'high') return { ...done, kind, latent: { server: onServer(`${workflow}.latent`), copy: null } }
  const [server, copy] = [onServer(`${workflow}.mp4`), `/nowhere/${workflow}.mp4`]
  if (kind === 'combine') return { ...done, kind, film: { server, copy: workflow === jobs.length ? copy : null } }
  const video = { server, copy }
  return { ...done, kind, video, latent: null }
}
