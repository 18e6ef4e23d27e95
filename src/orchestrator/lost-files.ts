import { existsSync } from 'node:fs'
import { jobsOf } from '../domain/jobs-of.ts'
import type { Job, Plan } from '../domain/plan-types.ts'
import type { JobResult } from '../domain/run-event.ts'
import type { RunContext } from './run-context.ts'
import { hasFile, uploadFile } from './server-files.ts'
import { warn } from './warn.ts'

/** What later jobs load from the server, by the kind of the job that left it there. */
const role = { high: 'latent', low: 'video', combine: 'film' } as const

/**
 * Jobs that can really be skipped. A job whose file on the server is gone is done again, unless a local copy can be
 * uploaded.
 */
export async function withoutLostFiles(
  context: RunContext,
  plan: Plan,
  skipped: ReadonlyMap<number, JobResult>,
): Promise<ReadonlyMap<number, JobResult>> {
  const kept = new Map(skipped)
  const jobs = jobsOf(plan)
  const again: number[] = []
  const putBack: number[] = []
  // From the end: whether a file is needed shows when it is known which of the later jobs run.
  for (const job of jobs.toReversed()) {
    const { workflowNumber: number, kind } = job
    const result = kept.get(number)
    const file = result?.outputs[role[kind]]
    const isNeeded = jobs.some((later) => !kept.has(later.workflowNumber) && loadsFrom(later, job))
    if (!result || !file || !isNeeded || (await hasFile(context, plan.videoName, file))) continue
    const copy = result.files[role[kind]]
    // A film may be longer than what a server takes, and is combined again in seconds.
    if (copy === undefined || kind === 'combine' || !existsSync(copy)) {
      kept.delete(number)
      again.unshift(number)
      continue
    }
    const { filename: name, subfolder, type } = file
    const stored = await uploadFile(context, plan.videoName, copy, { name, subfolder, type })
    kept.set(number, { ...result, outputs: { ...result.outputs, [role[kind]]: stored } })
    putBack.unshift(number)
  }
  tell(context, plan.videoName, again, putBack)
  return kept
}

/** HIGH needs only a picture of the LOW before it, and that is cut from the local copy. */
function loadsFrom(later: Job, job: Job): boolean {
  return later.dependsOn.includes(job.workflowNumber) && later.kind !== 'high'
}

function tell(context: RunContext, video: string, again: readonly number[], putBack: readonly number[]): void {
  const done = [
    again.length > 0 ? `run again: ${again.join(', ')}` : null,
    putBack.length > 0 ? `put back from the local copy: ${putBack.join(', ')}` : null,
  ].filter((text) => text !== null)
  if (done.length === 0) return
  warn(context, `ComfyUI has lost files of jobs that were done (${done.join('; ')})`, video)
}
