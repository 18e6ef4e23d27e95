import { makePlan } from '../../src/domain/plan.ts'
import type { Plan } from '../../src/domain/plan-types.ts'
import type { Prompt } from '../../src/domain/prompt.ts'
import { jobId } from '../../src/orchestrator/ids.ts'

const models = {
  highModel: 'high.gguf',
  lowModel: 'low.gguf',
  highLora: 'high.safetensors',
  lowLora: 'low.safetensors',
  textEncoder: 'umt5.safetensors',
  vae: 'vae.safetensors',
}
const settings = {
  framesPerChunk: 101,
  framesPerChunkGiven: true,
  width: 480,
  height: 848,
  fps: 16,
  steps: 8,
  cfg: 1,
  seed: 7,
  models,
}

/** A plan of small size: 120 frames make 2 chunks, 4 render jobs and 2 combine jobs. */
export function planOf(videoName: string, totalFrames = 120, prompt: Partial<Prompt> = {}): Plan {
  const file = `${videoName}.txt`
  const blocks = { positivePrompt: `A ${videoName}.`, negativePrompt: '', overrides: {} }
  return makePlan({ file, videoName, totalFrames, ...blocks, ...prompt }, settings, jobId)
}
