import { inputFile } from '../config/layout.ts'
import { type Job, jobsOf, type Plan } from '../domain/plan.ts'
import { mainFileOf, type OutputFile } from '../domain/run-event.ts'
import type { RunState } from '../state/run-state.ts'
import { isSent } from './render-chunk.ts'
import type { ResumeDecision } from './resume-decision.ts'
import { decideVideo } from './resume-video.ts'
import type { RunContext } from './run-context.ts'

/** An input of the user's own that this run has put on the server. */
export interface SentInput {
  readonly server: OutputFile
  readonly path: string
}

/**
 * After a job that the server has refused or that has failed there: how to go on with the video when files that it needs are damaged
 * or gone on the server, as a run that is resumed would. Null when all is there, so that the failure is the job's own.
 */
export async function afterLoss(
  context: RunContext,
  plan: Plan,
  state: RunState,
  sent: readonly SentInput[],
): Promise<{
  readonly context: RunContext
  readonly decision: ResumeDecision & { kind: 'deliver' | 'render' }
} | null> {
  const again: RunContext = { ...context, earlier: state }
  const video = state.videos[plan.videoName]
  const job = jobsOf(plan).find(({ workflowNumber }) => !video?.done[workflowNumber])
  if (!video || !job) return null
  const loaded = job.dependsOn.flatMap((number) => video.done[number] ?? [])
  const decision = await decideVideo(again, plan, new Set(loaded.map((result) => mainFileOf(result).server)))
  const isLost =
    decision.kind === 'render' &&
    [...decision.jobs.values()].some((each) => each.kind === 'put-back' || (each.kind === 'send' && each.wasDone))
  return isLost || !(await areInputsThere(context, plan, state, job, sent)) ? { context: again, decision } : null
}

/** Whether the server has what was sent to it for a job, as it was sent. */
async function areInputsThere(
  context: RunContext,
  { videoName: video }: Plan,
  state: RunState,
  { kind, chunk }: Job,
  sent: readonly SentInput[],
): Promise<boolean> {
  if (kind === 'combine') return true
  const name = state.videos[video]?.references[chunk.number]
  const reference =
    name === undefined ? [] : [{ server: inputFile(name), path: context.layout.referenceFrame(video, chunk.number) }]
  for (const { server, path } of [...reference, ...sent])
    if (!(await isSent(context, video, server, path))) return false
  return true
}
