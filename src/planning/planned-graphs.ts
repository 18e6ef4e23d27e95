import type { Templates } from '../domain/bindings.ts'
import { buildCombineWorkflow, buildRenderWorkflow } from '../domain/build-workflow.ts'
import type { Graph } from '../domain/graph.ts'
import type { CombineJob, Job, Plan, RenderJob } from '../domain/plan.ts'
import { jobsOf } from '../domain/plan.ts'

export interface PlannedJob {
  readonly plan: Plan
  readonly job: Job
}

/** A graph as it can be known before the run (files that earlier jobs make have a stand-in's name), and all jobs that send it. */
export interface PlannedGraph {
  /** The template that it is made from, as the user named it. */
  readonly file: string
  readonly graph: Graph
  readonly jobs: readonly PlannedJob[]
}

/**
 * Every job's graph; jobs whose graphs differ in the seed only share one. It carries the video's largest seed: seeds grow from
 * chunk to chunk, so what this one passes the others pass. Throws PR_BINDING.
 */
export function plannedGraphs(plans: readonly Plan[], templates: Templates): PlannedGraph[] {
  return plans.flatMap((plan) => {
    const jobs = jobsOf(plan)
    const groups = Map.groupBy(jobs, (job) => shapeOf(plan, job))
    return [...groups.values()].map((group): PlannedGraph => {
      const [job] = group as [Job]
      return {
        file: job.kind === 'combine' ? templates.files.combine : templates.files.render,
        graph: plannedGraph(
          plan,
          { ...job, chunk: { ...job.chunk, seed: plan.chunks.at(-1)?.seed ?? plan.seed } },
          templates,
        ),
        jobs: group.map((each) => ({ plan, job: each })),
      }
    })
  })
}

/** All of a job that shows in its graph, the seed excepted. */
function shapeOf({ controlVideo }: Plan, { kind, jobNumber, chunk }: Job): string {
  const { number: _n, seed: _s, startFrame, referenceFrame, ...rest } = chunk
  const start = controlVideo === null ? null : startFrame
  return JSON.stringify([kind, kind === 'combine' && jobNumber === 1, referenceFrame === null, start, rest])
}

/** The graph of one job. Throws PR_BINDING. */
export function plannedGraph(plan: Plan, job: Job, templates: Templates): Graph {
  return job.kind === 'combine' ? combineGraph(templates, plan, job) : renderGraph(templates, plan, job)
}

function renderGraph(templates: Templates, plan: Plan, job: RenderJob): Graph {
  const inputs = {
    latent: job.kind === 'low' ? 'latent [output]' : null,
    referenceImage: job.chunk.referenceFrame === null ? plan.referenceImage : 'reference.png',
    controlVideo: plan.controlVideo,
    folder: 'check',
  }
  return buildRenderWorkflow(templates, plan, job, inputs).graph
}

function combineGraph(templates: Templates, plan: Plan, job: CombineJob): Graph {
  const film = job.jobNumber === 1 ? null : 'film [output]'
  return buildCombineWorkflow(templates, plan, job, { video: 'video [output]', film, folder: 'check' }).graph
}
