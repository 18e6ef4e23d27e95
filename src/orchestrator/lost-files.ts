import { existsSync } from 'node:fs'
import type { Plan } from '../domain/plan.ts'
import { jobsOf, renderJobsOf } from '../domain/plan.ts'
import { type JobResult, mainFileOf, withMainFile } from '../domain/run-event.ts'
import type { RunContext } from './run-context.ts'
import { downloadFile, hasFile, uploadFile } from './server-files.ts'
import { warn } from './warn.ts'

/**
 * Jobs that can really be skipped. What a later job loads has to be on the server; if it is gone there, the local copy is uploaded.
 * What a later job or the end of the video reads has to be here; if it is gone here, it is downloaded. A job whose file is gone on
 * both sides is done again.
 */
export async function withoutLostFiles(
  context: RunContext,
  plan: Plan,
  skipped: ReadonlyMap<number, JobResult>,
): Promise<ReadonlyMap<number, JobResult>> {
  const video = plan.videoName
  const kept = new Map(skipped)
  const [jobs, renderJobs] = [jobsOf(plan), renderJobsOf(plan)]
  const again: number[] = []
  const putBack: number[] = []
  const fetched: number[] = []
  // From the end: whether a file is needed shows when it is known which of the later jobs run.
  for (const { workflowNumber: number, kind } of jobs.toReversed()) {
    const result = kept.get(number)
    if (!result) continue
    const { server: file, copy: path } = mainFileOf(result)
    const later = jobs.filter((job) => !kept.has(job.workflowNumber) && job.dependsOn.includes(number))
    const isHere = path !== null && existsSync(path)
    // A chunk takes of the LOW before it only a picture, which is cut from the local copy.
    const isCutFrom =
      kind === 'low' && renderJobs.slice(number, number + 2).some((job) => !kept.has(job.workflowNumber))
    const isReadHere = isCutFrom || number === jobs.length
    const isLoadedThere = later.some((job) => job.kind !== 'high')
    if (isHere ? !isLoadedThere : !isReadHere && !isLoadedThere) continue
    if (await hasFile(context, video, file)) {
      if (isHere || path === null || !isReadHere) continue
      await downloadFile(context, video, file, path)
      fetched.unshift(number)
    } else if (!isHere || kind === 'combine') {
      // A film may be longer than what a server takes, and is combined again in seconds.
      kept.delete(number)
      again.unshift(number)
    } else {
      const { filename: name, subfolder, type } = file
      const stored = await uploadFile(context, video, path, { name, subfolder, type })
      kept.set(number, withMainFile(result, stored))
      putBack.unshift(number)
    }
  }
  tell(context, video, 'ComfyUI has lost files of jobs that were done', {
    'run again': again,
    'put back from the local copy': putBack,
  })
  tell(context, video, 'Local files of jobs that were done are gone', { 'downloaded again': fetched })
  return kept
}

function tell(
  context: RunContext,
  video: string,
  what: string,
  remedies: Readonly<Record<string, readonly number[]>>,
): void {
  const done = Object.entries(remedies).filter(([, jobs]) => jobs.length > 0)
  if (done.length === 0) return
  warn(context, `${what} (${done.map(([remedy, jobs]) => `${remedy}: ${jobs.join(', ')}`).join('; ')})`, video)
}
