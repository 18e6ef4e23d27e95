/** ComfyUI's model folders by the inputs of its loaders, written `Class.input` (nodes.py, folder_paths.py of 0.3.64). */
const FOLDERS: ReadonlyArray<readonly [input: RegExp, folder: string]> = [
  [/lora/i, 'models/loras'],
  [/clip_?vision/i, 'models/clip_vision'],
  [/control_?net/i, 'models/controlnet'],
  [/upscale/i, 'models/upscale_models'],
  [/style_model/i, 'models/style_models'],
  [/hypernetwork/i, 'models/hypernetworks'],
  [/gligen/i, 'models/gligen'],
  [/\.ckpt_name$/, 'models/checkpoints'],
  [/vae/i, 'models/vae'],
  [/\.clip_name\d?$|t5|text_?encoder/i, 'models/text_encoders'],
  [/\.(unet|diffusion_model|model)(_name)?$/, 'models/diffusion_models'],
]

/** The folder below ComfyUI's own in which a loader looks for its file; null when its input does not tell. */
export function modelFolder(className: string, input: string): string | null {
  const place = `${className}.${input}`
  return FOLDERS.find(([pattern]) => pattern.test(place))?.[1] ?? null
}
