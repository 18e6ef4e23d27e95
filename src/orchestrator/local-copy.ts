import type { Job, Plan } from '../domain/plan.ts'
import type { RunContext } from './run-context.ts'

/**
 * Where this run writes the copy of what a job made. A journal names where an earlier part of the run wrote it, and a rehearsal reads
 * the journal of a live run: whatever is written goes here, never to the place that a journal names.
 */
export function localCopy({ layout }: RunContext, { videoName }: Plan, { kind, chunk, jobNumber }: Job): string {
  switch (kind) {
    case 'high':
      return layout.latent(videoName, chunk.number, kind)
    case 'low':
      return layout.chunkVideo(videoName, chunk.number)
    case 'combine':
      return layout.combined(videoName, jobNumber)
    default:
      return kind satisfies never
  }
}
