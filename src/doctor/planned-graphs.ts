import type { BuiltWorkflow } from '../domain/apply-bindings.ts'
import type { Templates } from '../domain/bindings.ts'
import { buildCombineWorkflow } from '../domain/combine-workflow.ts'
import type { CombineJob, Job, Plan, RenderJob } from '../domain/plan-types.ts'
import { buildRenderWorkflow } from '../domain/render-workflow.ts'

export interface PlannedJob {
  readonly plan: Plan
  readonly job: Job
}

/** The graph of one job as it can be known before the run: files that earlier jobs make have a stand-in's name. */
export interface PlannedGraph extends PlannedJob {
  /** The template that it is made from, as the user named it. */
  readonly file: string
  readonly built: BuiltWorkflow
}

/**
 * Every job's graph, in the order of the jobs. Seeds only grow from chunk to chunk, so all graphs carry the largest one: what
 * it passes, the others pass, and jobs that differ in nothing else get equal graphs. Throws PR_BINDING.
 */
export function* plannedGraphs(plans: readonly Plan[], templates: Templates): Generator<PlannedGraph> {
  for (const plan of plans) {
    const seed = plan.chunks.at(-1)?.seed ?? plan.seed
    for (const job of plan.renderJobs) {
      yield { plan, job, file: templates.files.render, built: renderGraph(templates, plan, job, seed) }
    }
    for (const job of plan.combineJobs) {
      yield { plan, job, file: templates.files.combine, built: combineGraph(templates, plan, job) }
    }
  }
}

function renderGraph(templates: Templates, plan: Plan, job: RenderJob, seed: number): BuiltWorkflow {
  return buildRenderWorkflow(
    templates,
    plan,
    { ...job, chunk: { ...job.chunk, seed } },
    {
      latent: job.kind === 'low' ? 'latent [output]' : null,
      referenceImage: job.chunk.referenceFrame === null ? plan.referenceImage : 'reference.png',
      controlVideo: plan.controlVideo,
      folder: 'check',
    },
  )
}

function combineGraph(templates: Templates, plan: Plan, job: CombineJob): BuiltWorkflow {
  const film = job.jobNumber === 1 ? null : 'film [output]'
  return buildCombineWorkflow(templates, plan, job, { video: 'video [output]', film, folder: 'check' })
}
