import { jobId } from '../../src/domain/ids.ts'
import { makePlan } from '../../src/domain/make-plan.ts'
import type { Plan } from '../../src/domain/plan.ts'
import type { Prompt } from '../../src/domain/prompt.ts'
import { planSettings } from './lighthouse.ts'

const settings = { ...planSettings, given: { framesPerChunk: { file: '--frames-per-chunk' } } }

/** A plan of small size: 120 frames make 2 chunks, 4 render jobs and 2 combine jobs. */
export function planOf(videoName: string, totalFrames = 120, prompt: Partial<Prompt> = {}): Plan {
  const file = `${videoName}.txt`
  const blocks = { positivePrompt: `A ${videoName}.`, negativePrompt: '', overrides: {} }
  return makePlan({ file, videoName, totalFrames, ...blocks, ...prompt }, settings, jobId)
}
