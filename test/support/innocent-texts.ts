import { Choices } from './secret-forms.ts'

const words = (
  'basic bearer token secret key password signature credential cookie session access private public author bypass compass passage monkey keyframe keyhole ' +
  'composition lighting soft harsh golden hour film grain portrait of the a in on with under over news bad good garden castle storm lighthouse otter ' +
  'river mountain neon city rain snow walking slowly camera pan zoom close up wide shot masterpiece best quality detailed cinematic anime style ' +
  'realistic skin texture eyes hair dress red blue green silver dragon knight queen king door lock treasure map letter envelope sign cup tea'
).split(' ')

const starts = [
  'hf_',
  'sk-',
  'sk_',
  'rpa_',
  'r8_',
  'key-',
  'as-',
  'fal_',
  'secret_',
  'ops_',
  'lip_',
  'xai-',
  'SG.',
  'fw_',
]
const models = (
  'wan2.2_t2v_high_noise_14B_fp8_scaled Wan2_2-I2V-A14B-HIGH_fp8_e4m3fn_scaled_KJ lightx2v_I2V_14B_480p_cfg_step_distill_rank64_bf16 ' +
  'umt5_xxl_fp8_e4m3fn_scaled RealVisXL_V5.0_Lightning ponyDiffusionV6XL_v6StartWithThisOne juggernautXL_ragnarokBy flux1-dev-Q4_K_S clip_l ' +
  'clip_vision_h 4x-UltraSharp RealESRGAN_x4plus_anime_6B hunyuan_video_720_cfgdistill_fp8_e4m3fn add-detail-xl epiCRealism_naturalSinRC1VAE'
).split(' ')
const ends = ['', '', '.safetensors', '.ckpt', '.pt', '.gguf', '.png', '.mp4']

/** What people write into a workflow: prompts, titles, names of models and of files, and what stands between them. */
export function innocentTexts(count: number): string[] {
  const choices = new Choices('innocent texts')
  return Array.from({ length: count }, (_, index) => kinds[index % kinds.length]!(choices))
}

const some = (choices: Choices, least: number, more: number): string[] =>
  Array.from({ length: least + choices.below(more) }, () => choices.of(words))

const kinds: ReadonlyArray<(choices: Choices) => string> = [
  (choices) => some(choices, 4, 20).join(' '),
  (choices) =>
    `basic ${some(choices, 1, 2).join(' ')}, soft basic ${choices.of(words)}, bearer of ${some(choices, 2, 2).join(' ')}`,
  (choices) =>
    `${choices.of(['key', 'style', 'mood', 'token', 'secret'])}=${choices.of(words)}, ${some(choices, 3, 5).join(' ')}`,
  (choices) => `${some(choices, 1, 3).join(' ')}: ${some(choices, 2, 8).join(', ')}`,
  (choices) =>
    `(${some(choices, 1, 3).join(' ')}:1.${choices.below(9)}), <lora:${name(choices, '_')}:0.${choices.below(9)}>, embedding:EasyNegative`,
  (choices) => `${choices.of(starts)}${name(choices, choices.of(['_', '-']))}${choices.of(ends)}`,
  (choices) => `${choices.of(['loras/', 'wan/', 'SDXL\\', ''])}${choices.of(models)}${choices.of(ends)}`,
  (choices) =>
    `${choices.of(starts)}${some(choices, 3, 2)
      .filter((word) => word.length > 1)
      .map(capitalised)
      .join('')}V${choices.below(30)}${choices.of(ends)}`,
  (choices) =>
    `${choices.of(words)} key frame ${choices.below(999)}, password on a ${choices.of(words)}, "${some(choices, 1, 3).join(' ')}"`,
  (choices) =>
    `${capitalised(choices.of(words))} ${choices.of(['Loader', 'Prompt', 'Token', 'Key', 'Basic', 'Secret'])} (${choices.below(99)})`,
  (choices) =>
    `ComfyUI_${String(choices.below(99999)).padStart(5, '0')}_.png [${choices.of(['output', 'input', 'temp'])}]`,
  (choices) =>
    `https://civitai.com/models/${choices.below(999999)}?modelVersionId=${choices.below(999999)}&type=${choices.of(words)}`,
  (choices) =>
    `{${some(choices, 2, 3).join('|')}} __${choices.of(words)}__ ${some(choices, 3, 6).join(' ')}, --ar 16:9 --style raw`,
  (choices) => `${choices.text('0123456789abcdef', choices.of([32, 40, 64]))}`,
  (choices) =>
    `${some(choices, 2, 4).join(' ')}.\n${capitalised(some(choices, 2, 4).join(' '))}?\nNegative: ${some(choices, 2, 4).join(', ')} 50% 16:9 @ 24fps & more`,
  (choices) =>
    `Secret: ${some(choices, 1, 4).join(' ')}. Authorization: ${some(choices, 2, 3).join(' ')}. Cookie: ${some(choices, 2, 3).join(' ')}.`,
]

function name(choices: Choices, separator: string): string {
  return [...some(choices, 1, 3), ...(choices.below(2) ? [`v${choices.below(30)}`] : [])].join(separator)
}

function capitalised(text: string): string {
  return text.slice(0, 1).toUpperCase() + text.slice(1)
}
