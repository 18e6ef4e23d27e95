import type { PlanSettings } from '../../src/domain/plan.ts'
import type { Prompt } from '../../src/domain/prompt.ts'

/** 500 frames in five chunks of at most 101. */
export const prompt: Prompt = {
  file: 'prompt_files/lighthouse.txt',
  videoName: 'lighthouse',
  totalFrames: 500,
  positivePrompt: 'a lighthouse at dusk',
  negativePrompt: '',
  overrides: {},
}

export const planSettings: PlanSettings = {
  framesPerChunk: 101,
  framesPerChunkGiven: false,
  width: 480,
  height: 848,
  fps: 16,
  steps: 8,
  cfg: 1,
  seed: 7,
  models: {
    highModel: 'high.gguf',
    lowModel: 'low.gguf',
    highLora: 'high.safetensors',
    lowLora: 'low.safetensors',
    textEncoder: 'umt5.safetensors',
    vae: 'vae.safetensors',
  },
}
