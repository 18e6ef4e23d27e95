import type { ObjectInfo } from './object-info.ts'
import { isDict, type Py } from './python/py.ts'

/**
 * Folders in the server's own order (folder_paths.py), each with an input that lists its files (nodes.py, comfy_extras
 * of 0.3.64).
 */
const LISTED_BY: ReadonlyArray<readonly [folder: string, className: string, input: string]> = [
  ['checkpoints', 'CheckpointLoaderSimple', 'ckpt_name'],
  ['configs', 'CheckpointLoader', 'config_name'],
  ['loras', 'LoraLoader', 'lora_name'],
  ['loras', 'LoraLoaderModelOnly', 'lora_name'],
  ['vae', 'VAELoader', 'vae_name'],
  ['text_encoders', 'CLIPLoader', 'clip_name'],
  ['diffusion_models', 'UNETLoader', 'unet_name'],
  ['clip_vision', 'CLIPVisionLoader', 'clip_name'],
  ['style_models', 'StyleModelLoader', 'style_model_name'],
  ['controlnet', 'ControlNetLoader', 'control_net_name'],
  ['gligen', 'GLIGENLoader', 'gligen_name'],
  ['upscale_models', 'UpscaleModelLoader', 'model_name'],
  ['hypernetworks', 'HypernetworkLoader', 'hypernetwork_name'],
  ['photomaker', 'PhotoMakerLoader', 'photomaker_model_name'],
  ['model_patches', 'ModelPatchLoader', 'name'],
  ['audio_encoders', 'AudioEncoderLoader', 'audio_encoder_name'],
]

/** What `GET /models/{folder}` would list, as far as the loaders of `object_info` tell: folder → files. */
export function modelLists(objectInfo: ObjectInfo): Map<string, readonly string[]> {
  const lists = LISTED_BY.flatMap(([folder, className, input]) => {
    const values = valuesOf(objectInfo.get(className), input)
    return values ? [[folder, values.filter(isFile)] as const] : []
  })
  return new Map(lists)
}

/** VAELoader also offers what is no file: `pixel_space`, `taesd`. */
const isFile = (value: Py): value is string => typeof value === 'string' && value.includes('.')

function valuesOf(info: Py | undefined, input: string): Py[] | null {
  const groups = isDict(info) ? info.get('input') : undefined
  const required = isDict(groups) ? groups.get('required') : undefined
  const spec = isDict(required) ? required.get(input) : undefined
  if (!Array.isArray(spec)) return null
  const [type, options] = spec
  if (Array.isArray(type)) return type
  const listed = isDict(options) ? options.get('options') : undefined
  return Array.isArray(listed) ? listed : null
}
