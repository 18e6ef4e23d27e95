import { limits } from '../../domain/limits.ts'
import { chunkSeed, existingFolder, list, number, oneOf, text } from '../parse-value.ts'
import { type Setting, setting } from '../setting.ts'

const model = (describe: string, fallback: string): Setting<string, string, string> =>
  setting({ group: 'Templates and models', describe, shows: 'FILE', parse: text(), fallback })

/** What to make. */
export const workSettings = {
  promptFile: setting({
    group: 'Prompts',
    describe: 'a prompt file, repeatable; wins over --prompt-dir',
    shows: 'FILE',
    repeatable: true,
    parse: list(text()),
    fallback: [],
  }),
  promptDir: setting({
    group: 'Prompts',
    describe: 'folder of prompt files',
    shows: 'DIR',
    parse: text(),
    fallback: 'prompt_files',
  }),
  framesPerChunk: setting({
    group: 'Plan',
    describe: 'frames that a chunk keeps; it renders the next 4n+1',
    shows: 'N',
    parse: number(limits.framesPerChunk),
    fallback: 101,
  }),
  width: setting({
    group: 'Plan',
    describe: 'in pixels',
    shows: 'N',
    parse: number(limits.width),
    fallback: 480,
  }),
  height: setting({
    group: 'Plan',
    describe: 'in pixels',
    shows: 'N',
    parse: number(limits.height),
    fallback: 848,
  }),
  fps: setting({ group: 'Plan', describe: 'frames per second', shows: 'N', parse: number(limits.fps), fallback: 16 }),
  steps: setting({
    group: 'Plan',
    describe: 'sampler steps of both passes together',
    shows: 'N',
    parse: number(limits.steps),
    fallback: 8,
  }),
  cfg: setting({
    group: 'Plan',
    describe: 'guidance; 1 ignores negative prompts',
    shows: 'N',
    parse: number(limits.cfg),
    fallback: 1,
  }),
  combine: setting({
    group: 'Plan',
    describe: 'how chunks become a film: chain, by the server, each appended to the film so far; once, here by ffmpeg',
    shows: 'chain|once',
    parse: oneOf('chain', 'once'),
    fallback: 'chain',
  }),
  seed: setting({
    group: 'Plan',
    describe: 'seed of the first chunk',
    shows: 'N',
    otherwise: 'derived from the prompt',
    parse: number(limits.seed),
    fallback: null,
  }),
  chunkSeeds: setting({
    group: 'Plan',
    describe: 'number of a chunk and a seed of its own for it, repeatable',
    shows: '3:335500143',
    flag: 'chunk-seed',
    repeatable: true,
    parse: list(chunkSeed),
    fallback: [],
  }),
  gpu: setting({
    group: 'Plan',
    describe: 'GPU to estimate for, as in "RTX 4090"; pr plan --gpus lists them',
    shows: 'NAME',
    otherwise: 'that of the server, of earlier runs or of the recording',
    parse: text(),
    fallback: null,
  }),
  workflows: setting({
    group: 'Templates and models',
    describe: 'folder with render.json, combine.json and bindings.yaml',
    shows: 'DIR',
    otherwise: 'the shipped set',
    parse: existingFolder,
    fallback: null,
  }),
  highModel: model('model of the HIGH pass', 'Wan2.2_T2V_High_Noise_14B_VACE-Q8_0.gguf'),
  lowModel: model('model of the LOW pass', 'Wan2.2_T2V_Low_Noise_14B_VACE-Q8_0.gguf'),
  highLora: model('LoRA of the HIGH pass', 'wan2.2_high_t2v.safetensors'),
  lowLora: model('LoRA of the LOW pass', 'wan2.2_low_t2v.safetensors'),
  textEncoder: model('text encoder', 'umt5_xxl_fp8_e4m3fn_scaled.safetensors'),
  vae: model('VAE', 'wan_2.1_vae.safetensors'),
}
