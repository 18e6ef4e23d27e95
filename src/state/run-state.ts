import { jobsOf } from '../domain/plan.ts'
import type { FileDigest, JobResult, OutputFile, RunEvent, StoredObject } from '../domain/run-event.ts'
import type { ErrorCode } from '../errors.ts'
import { noCost, type RunCost, reduceRunCost } from './run-cost.ts'

/** What is known of a run: a fold over its events. Nothing else ever changes it. */
export interface RunState {
  readonly runId: string
  readonly runName: string
  readonly dryRun: boolean
  readonly videos: Readonly<Record<string, VideoState>>
  readonly cost: RunCost
}

export interface VideoState {
  readonly status: 'running' | 'finished' | 'failed'
  /** Address of the server that has its files, in a run that had several; null: nobody has noted one. */
  readonly server: string | null
  /** Job id by workflow number, as planned; a job whose id changed is another job. */
  readonly jobIds: Readonly<Record<number, string>>
  readonly done: Readonly<Record<number, JobResult>>
  /** Job id, by workflow number, of what another run has done; its prompts are not of this run. */
  readonly taken: Readonly<Record<number, string>>
  /** Prompts that were submitted and whose end was not seen, by workflow number. */
  readonly open: Readonly<Record<number, OpenPrompt>>
  /** The latest prompts of which no failure was seen, by workflow number, whatever else is known of their end. */
  readonly sent: Readonly<Record<number, OpenPrompt>>
  /**
   * The latest attempt by workflow number and by job id: the next one must meet neither files in its folder nor the server's memory of
   * an earlier one. A plan with other chunks gives a job another number.
   */
  readonly attempts: Readonly<Record<string, number>>
  /** What the nodes of each prompt of a job had made when the server last said so, by workflow number. */
  readonly named: Readonly<Record<number, readonly NamedFiles[]>>
  /** Name on the server of each chunk's reference image. */
  readonly references: Readonly<Record<number, string>>
  /** What those images are here, by chunk. */
  readonly referenceFiles: Readonly<Record<number, FileDigest>>
  readonly uploads: Readonly<Partial<Record<'film' | 'manifest', Upload>>>
  /** The film in the local folder; null until it lies there. It may not be uploaded yet. */
  readonly film: PlacedFilm | null
}

/** A film as it was put into the local folder: somebody may have changed or replaced it since. */
export interface PlacedFilm {
  readonly path: string
  readonly crc32c: string
}

/** An object in the bucket: a film or its manifest. `film` is the local file, `jobIds` the plan that it was made by. */
export interface Upload {
  readonly object: StoredObject
  readonly film: string | null
  readonly jobIds: VideoState['jobIds']
}

export interface OpenPrompt {
  readonly promptId: string
  readonly attempt: number
  /** Digest of the graph that was sent; empty when nobody wrote it down. */
  readonly graph: string
}

/** Files of a prompt by the nodes that made them. */
export interface NamedFiles {
  readonly promptId: string
  readonly files: Readonly<Record<string, readonly OutputFile[]>>
}

/** Without a prototype: a video may be called `constructor`. */
const noVideos: RunState['videos'] = Object.create(null)

export const noRun: RunState = { runId: '', runName: '', dryRun: false, videos: noVideos, cost: noCost }

const newVideo: VideoState = {
  status: 'running',
  server: null,
  jobIds: {},
  done: {},
  taken: {},
  open: {},
  sent: {},
  attempts: {},
  named: {},
  references: {},
  referenceFiles: {},
  uploads: {},
  film: null,
}

/**
 * The state after one more event. When a video starts again, only the jobs that it skips count as done. When its plan
 * has changed, it has no film yet; what was uploaded still counts, as made by the earlier plan.
 */
export function reduceRunState(state: RunState, event: RunEvent): RunState {
  return { ...withEvent(state, event), cost: reduceRunCost(state.cost, event) }
}

function withEvent(state: RunState, event: RunEvent): RunState {
  switch (event.kind) {
    case 'run-started':
      return { ...state, runId: event.runId, runName: event.runName, dryRun: event.dryRun }
    case 'video-placed':
      return withVideo(state, event.video, (video) => ({ ...video, server: event.server }))
    case 'video-started': {
      const jobs = jobsOf(event.plan)
      const before = state.videos[event.video] ?? newVideo
      const done = Object.fromEntries(event.skipped.flatMap((n) => (before.done[n] ? [[n, before.done[n]]] : [])))
      const jobIds = Object.fromEntries(jobs.map((job) => [job.workflowNumber, job.jobId]))
      const isAsBefore = jobs.every((job) => before.jobIds[job.workflowNumber] === job.jobId)
      return withVideo(state, event.video, () => ({
        ...before,
        status: 'running',
        jobIds,
        done,
        film: isAsBefore ? before.film : null,
      }))
    }
    case 'job-started': {
      const { promptId, attempt, graph } = event
      return withVideo(state, event.video, (video) => ({
        ...video,
        open: { ...video.open, [event.workflow]: { promptId, attempt, graph } },
        sent: { ...video.sent, [event.workflow]: { promptId, attempt, graph } },
        attempts: { ...video.attempts, [event.workflow]: attempt, [video.jobIds[event.workflow] ?? '']: attempt },
      }))
    }
    case 'job-output':
      return withVideo(state, event.video, (video) => {
        const { promptId, node, workflow } = event
        const all = video.named[workflow] ?? []
        const files = { ...all.find((prompt) => prompt.promptId === promptId)?.files, [node]: event.files }
        const others = all.filter((prompt) => prompt.promptId !== promptId)
        return { ...video, named: { ...video.named, [workflow]: [...others, { promptId, files }] } }
      })
    case 'job-finished':
      return withVideo(state, event.video, (video) => ({
        ...video,
        named: without(video.named, event.workflow),
        open: without(video.open, event.workflow),
        done: { ...video.done, [event.workflow]: event.result },
      }))
    case 'job-taken':
      return withVideo(state, event.video, (video) => ({
        ...video,
        done: { ...video.done, [event.workflow]: event.result },
        taken: { ...video.taken, [event.workflow]: event.jobId },
      }))
    case 'job-failed':
      return isEndSaid(event.code)
        ? withVideo(state, event.video, (video) => ({
            ...video,
            open: without(video.open, event.workflow),
            sent: without(video.sent, event.workflow),
          }))
        : state
    case 'reference-extracted': {
      const { chunk, digest } = event
      return withVideo(state, event.video, ({ referenceFiles: { [chunk]: _other, ...rest }, ...video }) => ({
        ...video,
        referenceFiles: digest ? { ...rest, [chunk]: digest } : rest,
      }))
    }
    case 'reference-uploaded':
      return withVideo(state, event.video, (video) => ({
        ...video,
        references: { ...video.references, [event.chunk]: event.name },
      }))
    case 'film-downloaded':
      return withVideo(state, event.video, (video) => ({ ...video, film: { path: event.file, crc32c: event.crc32c } }))
    case 'upload-finished':
      return withVideo(state, event.video, (video) => ({
        ...video,
        uploads: {
          ...video.uploads,
          [event.role]: { object: event.object, film: video.film?.path ?? null, jobIds: video.jobIds },
        },
      }))
    case 'video-finished':
      return withVideo(state, event.video, (video) => ({ ...video, status: 'finished' }))
    case 'video-failed':
      return withVideo(state, event.video, (video) => ({ ...video, status: 'failed' }))
    default:
      return state
  }
}

/** Failures of a job in which ComfyUI itself says that its prompt has ended, or never began. */
const saidEnds: readonly string[] = [
  'PR_COMFY_REJECTED',
  'PR_COMFY_FAILED',
  'PR_COMFY_INTERRUPTED',
  'PR_COMFY_LOST',
  'PR_NO_OUTPUT',
] satisfies ErrorCode[]

/** Whether no prompt runs any more after this failure of its job. After any other one it may: whatever else failed, nobody has said so. */
export function isEndSaid(code: string): boolean {
  return saidEnds.includes(code)
}

function withVideo(state: RunState, name: string, change: (video: VideoState) => VideoState): RunState {
  const changed = { [name]: change(state.videos[name] ?? newVideo) }
  return { ...state, videos: Object.assign(Object.create(null), state.videos, changed) }
}

function without<T>(record: Readonly<Record<number, T>>, key: number): Record<number, T> {
  const { [key]: _gone, ...rest } = record
  return rest
}
