import { annotatedName, chunkPart, serverFolder } from '../config/layout.ts'
import type { BuiltWorkflow } from '../domain/apply-bindings.ts'
import type { RenderInputs } from '../domain/build-workflow.ts'
import { buildDecodeWorkflow } from '../domain/decode-workflow.ts'
import { findNode } from '../domain/find-node.ts'
import { promptId } from '../domain/ids.ts'
import type { LowJob } from '../domain/plan.ts'
import type { OutputFile } from '../domain/run-event.ts'
import type { JobToRun } from './follow-prompt.ts'
import { isOutput } from './note-files.ts'
import type { RunContext } from './run-context.ts'
import { holdsLatent } from './whole-files.ts'

/** What is left of a job that has failed after the costly part of it was saved. */
export interface RestOfJob {
  /** Its graph for an attempt; null when no attempt before has left anything to go on from. */
  build(attempt: number): BuiltWorkflow | null
  /** Whether the server has still, whole, what that graph loads. */
  isThere(attempt: number): Promise<boolean>
}

/** Of a job that saves nothing on its way. */
export const noRest: RestOfJob = { build: () => null, isThere: async () => false }

/** So many attempts go on from one latent: what makes no video of it that often has to be sampled anew. */
const MOST_FROM_ONE = 3

/** LOW saves its latent before it decodes: when decoding fails, or the server dies of it, nothing has to be sampled again. */
export function restOfLow(
  context: RunContext,
  work: JobToRun<LowJob>,
  inputs: Pick<RenderInputs, 'referenceImage' | 'controlVideo'>,
): RestOfJob & { latent(attempt: number): OutputFile | null } {
  const { plan, job } = work
  const { templates, runId, runName } = context
  const bound = templates.bindings.render.low.outputs.latent
  const saver = bound ? findNode(templates.render, bound).id : null
  const latent = (attempt: number): OutputFile | null => {
    if (saver === null) return null
    for (let before = attempt - 1; before >= Math.max(1, attempt - MOST_FROM_ONE); before -= 1) {
      const id = promptId(runId, job.jobId, before)
      const named = work.named().find((prompt) => prompt.promptId === id)
      const file = named?.files[saver]?.find(isOutput)
      if (file) return file
    }
    return null
  }
  return {
    latent,
    build(attempt) {
      const saved = latent(attempt)
      const folder = serverFolder(runName, plan.videoName, chunkPart(job.chunk.number), attempt)
      return saved && buildDecodeWorkflow(templates, plan, job, { ...inputs, latent: annotatedName(saved), folder })
    },
    async isThere(attempt) {
      const saved = latent(attempt)
      return saved !== null && holdsLatent(context, plan, job, saved)
    },
  }
}
