import type { ObjectInfo } from '../object-info.ts'
import { isDict, type Py } from '../python/py.ts'

/**
 * Folders in the server's own order (folder_paths.py), each with an input that lists its files (nodes.py, comfy_extras
 * of 0.3.64).
 */
export const LISTED_BY: ReadonlyArray<readonly [folder: string, className: string, input: string]> = [
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
  ['unet_gguf', 'UnetLoaderGGUF', 'unet_name'],
]

/** Folders of the server itself that no loader lists. */
const WITHOUT_LOADER = ['embeddings', 'diffusers', 'vae_approx', 'custom_nodes', 'classifiers']

/** All folders of the server itself (folder_paths.py). */
const OWN = new Set([
  ...LISTED_BY.map(([folder]) => folder).filter((folder) => folder !== 'unet_gguf'),
  ...WITHOUT_LOADER,
])

/** What packs add. A pack that is not here may add any. */
const BY_PACK: ReadonlyMap<string, readonly string[]> = new Map([
  ['ComfyUI-GGUF', ['unet_gguf', 'clip_gguf']],
  ['ComfyUI-VideoHelperSuite', ['VHS_video_formats']],
  ['websocket_image_save', []],
])

/** Whether the server has the folder, or a pack that is not known here might have added it. */
export function mayBeFolder(objectInfo: ObjectInfo, folder: string): boolean {
  if (OWN.has(folder)) return true
  const packs = objectInfo.keys().flatMap((name) => packOf(objectInfo.get(name)))
  return packs.some((pack) => BY_PACK.get(pack)?.includes(folder) ?? true)
}

function packOf(info: Py | undefined): string[] {
  const module = isDict(info) ? info.get('python_module') : undefined
  return typeof module === 'string' && module.startsWith('custom_nodes.') ? [module.slice('custom_nodes.'.length)] : []
}

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
