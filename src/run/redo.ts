import { type Chunk, type Job, jobsOf, type Plan } from '../domain/plan.ts'
import { goOnWith, rangesText } from '../domain/wording.ts'
import { PromptRunnerError } from '../errors.ts'
import { doneJobs } from '../orchestrator/done-jobs.ts'
import type { FoundFilm } from './find-film.ts'

/**
 * The chunk of a film that is to be made again, as `plan` says that it was made. Throws PR_USAGE for a chunk that it does not have,
 * PR_STATE for one that is not made yet, and for a plan that is not the film's. `resumeCommand` goes on with the film's run.
 */
export function chunkToRedo(film: FoundFilm, plan: Plan, number: number, resumeCommand: string): Chunk {
  const { run, state, video, videoName } = film
  const passes = plan.passes[number - 1]
  const isSame = plan.videoName === videoName && jobsOf(plan).every((job) => isPlanned(job, film))
  if (!isSame) {
    const message = `what ${run.runName} has made ${videoName} of is not there any more: prompt, settings, templates or input files give another film now`
    throw new PromptRunnerError('PR_STATE', message, {
      hint: `Put ${film.promptFile} and what else has changed back as it was, or render a new film.`,
    })
  }
  if (!passes) {
    throw new PromptRunnerError('PR_USAGE', `${videoName} has no chunk ${number}`, {
      hint: `its chunks are 1 to ${plan.chunks.length}`,
    })
  }
  if (doneJobs(plan, state.runId, video).has(passes.low.workflowNumber)) return passes.high.chunk
  throw new PromptRunnerError('PR_STATE', `chunk ${number} of ${videoName} is not made yet in ${run.runName}`, {
    hint: goOnWith(resumeCommand),
  })
}

/** What is made again, and what is not. */
export function redoText(film: FoundFilm, before: Chunk, plan: Plan): string {
  const done = doneJobs(plan, film.state.runId, film.video)
  const again = jobsOf(plan).filter(({ workflowNumber }) => !done.has(workflowNumber))
  const { number, seed } = plan.chunks[before.number - 1]!
  const rest = plan.chunks.length > number ? `, and what depends on it, to chunk ${plan.chunks.length}` : ''
  const kept = done.size > 0 ? `; jobs ${rangesText([...done.keys()])} are taken from ${film.run.runName}` : ''
  const jobs = rangesText(again.map(({ workflowNumber }) => workflowNumber))
  return `${film.videoName}: chunk ${number} is made again with seed ${seed} instead of ${before.seed}${rest}: jobs ${jobs}${kept}`
}

function isPlanned({ workflowNumber, jobId }: Job, { video }: FoundFilm): boolean {
  return video.jobIds[workflowNumber] === jobId
}
