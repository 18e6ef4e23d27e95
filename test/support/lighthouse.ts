import type { ModelNames } from '../../src/domain/plan.ts'
import type { PlanSettings } from '../../src/domain/plan-values.ts'
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
  given: {},
  width: 480,
  height: 848,
  fps: 16,
  steps: 8,
  cfg: 1,
  seed: 7,
  chunkSeeds: {},
  combine: 'chain',
  models: {
    highModel: 'high.gguf',
    lowModel: 'low.gguf',
    highLora: 'high.safetensors',
    lowLora: 'low.safetensors',
    textEncoder: 'umt5.safetensors',
    vae: 'vae.safetensors',
  },
}

/** Models that the server of `fixtures/workflows/object_info.json` has. */
export const presentModels: ModelNames = {
  highModel: 'Wan2.2_T2V_High_Noise_14B_VACE-Q8_0.gguf',
  lowModel: 'Wan2.2_T2V_Low_Noise_14B_VACE-Q8_0.gguf',
  highLora: 'wan2.2_high_t2v.safetensors',
  lowLora: 'wan2.2_low_t2v.safetensors',
  textEncoder: 'umt5_xxl_fp8_e4m3fn_scaled.safetensors',
  vae: 'wan_2.1_vae.safetensors',
}
