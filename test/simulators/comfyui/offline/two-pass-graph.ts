import type { Graph, InputValue } from '../../../../src/domain/graph.ts'

/** A faultless graph of both passes, over classes of `fixtures/workflows/object_info.json`; `change` breaks it. */
export function twoPassGraph(change: (graph: Graph) => void = () => {}): string {
  const sampler = (inputs: Record<string, InputValue>, title: string) => ({
    class_type: 'KSamplerAdvanced',
    inputs: {
      model: ['3', 0] as [string, number],
      noise_seed: 7,
      steps: 8,
      cfg: 1,
      sampler_name: 'euler',
      scheduler: 'simple',
      positive: ['6', 0] as [string, number],
      negative: ['6', 1] as [string, number],
      ...inputs,
    },
    _meta: { title },
  })
  const high = { add_noise: 'enable', start_at_step: 0, end_at_step: 4, return_with_leftover_noise: 'enable' }
  const low = { add_noise: 'disable', start_at_step: 4, end_at_step: 10000, return_with_leftover_noise: 'disable' }
  const graph: Graph = {
    '1': { class_type: 'UnetLoaderGGUF', inputs: { unet_name: 'Wan2.2_T2V_High_Noise_14B_VACE-Q8_0.gguf' } },
    '2': {
      class_type: 'LoraLoaderModelOnly',
      inputs: { model: ['1', 0], lora_name: 'wan2.2_high_t2v.safetensors', strength_model: 1 },
    },
    '3': { class_type: 'ModelSamplingSD3', inputs: { model: ['2', 0], shift: 8 } },
    '4': {
      class_type: 'CLIPLoader',
      inputs: { clip_name: 'umt5_xxl_fp8_e4m3fn_scaled.safetensors', type: 'wan' },
    },
    '5': { class_type: 'CLIPTextEncode', inputs: { text: '', clip: ['4', 0] }, _meta: { title: 'Prompt' } },
    '6': {
      class_type: 'WanVaceToVideo',
      inputs: {
        positive: ['5', 0],
        negative: ['5', 0],
        vae: ['7', 0],
        width: 480,
        height: 848,
        length: 81,
        batch_size: 1,
        strength: 1,
      },
    },
    '7': { class_type: 'VAELoader', inputs: { vae_name: 'wan_2.1_vae.safetensors' } },
    '8': sampler({ ...high, latent_image: ['6', 2] }, 'HIGH'),
    '9': sampler({ ...low, latent_image: ['8', 0] }, 'LOW'),
    '10': { class_type: 'VAEDecode', inputs: { samples: ['9', 0], vae: ['7', 0] } },
    '11': { class_type: 'CreateVideo', inputs: { images: ['10', 0], fps: 16 } },
    '12': {
      class_type: 'SaveVideo',
      inputs: { video: ['11', 0], filename_prefix: 'video', format: 'mp4', codec: 'h264' },
    },
  }
  change(graph)
  return JSON.stringify(graph)
}
