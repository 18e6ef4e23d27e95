import { basename } from 'node:path'
import { annotatedName, chunkPart, combinePart, referenceUploadName, serverFolder } from '../config/layout.ts'
import type { JobFacts, RunFacts, UploadFacts } from '../diff/run-facts.ts'
import type { Templates } from '../domain/bindings.ts'
import { buildCombineWorkflow, buildRenderWorkflow } from '../domain/build-workflow.ts'
import type { Graph } from '../domain/graph.ts'
import { type CombineJob, type Job, jobsOf, jobType, type Plan, type RenderJob } from '../domain/plan.ts'
import { mainFileOf } from '../domain/run-event.ts'
import { graphDigest } from '../orchestrator/adopt-prompt.ts'
import { readRunState } from '../state/read-journal.ts'
import type { RunState, VideoState } from '../state/run-state.ts'

/** A live run as it can be compared: it has kept no traffic, so the graphs that it sent are made again, by the same templates. */
export interface JournalFacts extends RunFacts {
  /** Names of jobs that were sent otherwise: with other templates, or files under other names. */
  readonly unlike: readonly string[]
}

/** Reads what a live run has sent and uploaded from its journal. Throws PR_STATE. */
export function journalFacts(journal: string, templates: Templates): JournalFacts {
  const plans = new Map<string, Plan>()
  const state = readRunState(journal, (event) => {
    if (event.kind === 'video-started') plans.set(event.video, event.plan)
  })
  const jobs: JobFacts[] = []
  const unlike: string[] = []
  for (const [name, plan] of plans) {
    const video = state.videos[name]
    const sent = video ? jobsOf(plan).filter((job) => video.sent[job.workflowNumber]) : []
    for (const job of video ? sent : []) {
      const graph = graphOf({ state, video: video!, plan, templates }, job)
      const facts = jobFacts(`${name} ${jobType[job.kind]} ${job.jobNumber}`, graph, state.runName)
      jobs.push(facts)
      if (video!.sent[job.workflowNumber]!.graph !== graphDigest(graph)) unlike.push(facts.name)
    }
  }
  return { jobs, uploads: uploadsOf(state), estimate: null, server: null, unlike }
}

interface Made {
  readonly state: RunState
  readonly video: VideoState
  readonly plan: Plan
  readonly templates: Templates
}

function graphOf(made: Made, job: Job): Graph {
  return job.kind === 'combine' ? combineGraph(made, job) : renderGraph(made, job)
}

function renderGraph({ state, video, plan, templates }: Made, job: RenderJob): Graph {
  const { chunk, workflowNumber } = job
  const high = video.done[workflowNumber - 1]
  const own = (path: string | null) => path && basename(path)
  const reference = () =>
    video.references[chunk.number] ?? referenceUploadName(state.runName, plan.videoName, chunk.number)
  return buildRenderWorkflow(templates, plan, job, {
    latent: job.kind === 'low' && high ? annotatedName(mainFileOf(high).server) : null,
    referenceImage: chunk.referenceFrame === null ? own(plan.referenceImage) : reference(),
    controlVideo: own(plan.controlVideo),
    folder: folderOf(state, plan, chunkPart(chunk.number), video.sent[workflowNumber]!.attempt),
  }).graph
}

function combineGraph({ state, video, plan, templates }: Made, job: CombineJob): Graph {
  const [low, before] = [job.chunk.number * 2, job.workflowNumber - 1].map((workflow) => video.done[workflow])
  return buildCombineWorkflow(templates, plan, job, {
    video: low ? annotatedName(mainFileOf(low).server) : '',
    film: job.jobNumber > 1 && before ? annotatedName(mainFileOf(before).server) : null,
    folder: folderOf(state, plan, combinePart(job.jobNumber), video.sent[job.workflowNumber]!.attempt),
  }).graph
}

function folderOf({ runName }: RunState, { videoName }: Plan, part: string, attempt: number): string {
  return serverFolder(runName, videoName, part, attempt)
}

/** As `promptsOf` reads it from traffic: the name of the run is no difference. */
function jobFacts(name: string, graph: Graph, runName: string): JobFacts {
  const nodes = Object.entries(graph).map(([id, { class_type: className, inputs, _meta }]) => {
    const texts = Object.entries(inputs).map(
      ([input, value]) => [input, JSON.stringify(value).replaceAll(runName, '{run}')] as const,
    )
    return [id, { title: _meta?.title ?? className, className, inputs: new Map(texts) }] as const
  })
  return { name, nodes: new Map(nodes) }
}

const TYPES = { film: 'video/mp4', manifest: 'application/json' }

function uploadsOf({ videos, runName }: RunState): UploadFacts[] {
  return Object.values(videos).flatMap(({ uploads }) =>
    (['film', 'manifest'] as const).flatMap((role) => {
      const object = uploads[role]?.object
      if (!object) return []
      return [
        { url: `gs://${object.bucket}/${object.name.replaceAll(runName, '{run}')}`, content: { type: TYPES[role] } },
      ]
    }),
  )
}
