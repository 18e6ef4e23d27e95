import type { Templates } from '../domain/bindings.ts'
import { buildCombineWorkflow } from '../domain/combine-workflow.ts'
import type { Plan } from '../domain/plan-types.ts'
import { buildRenderWorkflow } from '../domain/render-workflow.ts'

/** Builds the graph of every job with file names as they are expected, so that a wrong binding is found before the first job runs. */
export function validateRun(plans: readonly Plan[], templates: Templates): void {
  for (const plan of plans) {
    for (const job of plan.renderJobs) {
      buildRenderWorkflow(templates, plan, job, {
        latent: job.kind === 'low' ? 'latent [output]' : null,
        referenceImage: job.chunk.referenceFrame === null ? plan.referenceImage : 'reference.png',
        controlVideo: plan.controlVideo,
        folder: 'validate',
      })
    }
    for (const job of plan.combineJobs) {
      const film = job.jobNumber === 1 ? null : 'film [output]'
      buildCombineWorkflow(templates, plan, job, { video: 'video [output]', film, folder: 'validate' })
    }
  }
}
