import { constants } from 'node:fs'
import { copyFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import type { Layout } from '../config/layout.ts'
import { type Job, jobsOf } from '../domain/plan.ts'
import type { JobResult, RunEvent } from '../domain/run-event.ts'
import { makeFolder } from '../files/folders.ts'
import { doneJobs } from '../orchestrator/done-jobs.ts'
import { noRun, reduceRunState } from '../state/run-state.ts'
import type { ChosenRun } from './choose-run.ts'
import type { Planned } from './plan-all.ts'

/**
 * Lets a new run begin with the jobs that an earlier one has done and this one would do the same. Files on the server are used where
 * they are; local ones are copied, for each run may delete its own.
 */
export async function takeOver(
  run: ChosenRun,
  { plans, takes }: Pick<Planned, 'plans' | 'takes'>,
  layout: Layout,
  { dryRun, now }: { readonly dryRun: boolean; readonly now: () => number },
): Promise<{ readonly run: ChosenRun; readonly taken: readonly RunEvent[] }> {
  const taken: RunEvent[] = []
  for (const plan of takes && run.earlier === null ? plans : []) {
    const { videoName: video } = plan
    const left = takes?.videos[video]
    const done = left ? doneJobs(plan, takes!.runId, left) : new Map<number, JobResult>()
    for (const job of jobsOf(plan)) {
      const { workflowNumber: workflow, jobId } = job
      const made = done.get(workflow)
      if (!made) continue
      const result = await ownCopies(made, job, video, layout)
      taken.push({ kind: 'job-taken', at: now(), video, workflow, jobId, from: takes!.runName, result })
    }
  }
  if (taken.length === 0) return { run, taken }
  const { runId, runName } = run
  return { run: { ...run, earlier: taken.reduce(reduceRunState, { ...noRun, runId, runName, dryRun }) }, taken }
}

async function ownCopies(result: JobResult, job: Job, video: string, layout: Layout): Promise<JobResult> {
  const chunk = job.chunk.number
  switch (result.kind) {
    case 'high':
      return { ...result, latent: await owned(result.latent, layout.latent(video, chunk, 'high')) }
    case 'low': {
      const latent = result.latent && (await owned(result.latent, layout.latent(video, chunk, 'low')))
      const copy = layout.chunkVideo(video, chunk)
      await owned(result.video, copy)
      // Where there is none to copy, it is downloaded there when it is needed.
      return { ...result, latent, video: { ...result.video, copy } }
    }
    case 'combine':
      return { ...result, film: await owned(result.film, layout.combined(video, job.jobNumber)) }
    default:
      return result satisfies never
  }
}

async function owned<File extends { readonly copy: string | null }>(file: File, to: string) {
  if (file.copy === null) return { ...file, copy: null }
  makeFolder(dirname(to))
  try {
    await copyFile(file.copy, to, constants.COPYFILE_FICLONE)
    return { ...file, copy: to }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
    return { ...file, copy: null }
  }
}
