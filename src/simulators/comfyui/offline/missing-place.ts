import { CORE_CLASSES } from './core-classes.ts'

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

/** What ComfyUI's editor resolves before it sends a workflow: no server and no pack has these classes. */
const EDITOR_ONLY = new Set(['Note', 'MarkdownNote', 'Reroute', 'PrimitiveNode'])

/** Whether a class exists in the editor only. */
export function isEditorOnly(className: string): boolean {
  return EDITOR_ONLY.has(className)
}

/** The place of classes that ComfyUI itself has. */
const COMFYUI = 'ComfyUI'

/** Whose a class is, in words. */
export function packText(pack: string): string {
  return pack === COMFYUI ? 'ComfyUI itself' : `the node pack ${pack}`
}

/** How a server comes by a class of a pack. */
export function installHint(pack: string | null): string {
  if (pack === COMFYUI) return 'ComfyUI 0.29.0 has it itself: update ComfyUI on the server'
  return pack ? `install ${packText(pack)} on the server` : 'install the node pack that has this class'
}

/** Whether ComfyUI itself has a class. */
export function isCore(className: string): boolean {
  return CORE_CLASSES.has(className)
}

/** Packs that are known by how they name their classes. Packs of the server itself are learnt from its own list. */
const KNOWN: ReadonlyArray<readonly [name: RegExp, pack: string]> = [
  [/^VHS_/, 'ComfyUI-VideoHelperSuite'],
  [/GGUF/, 'ComfyUI-GGUF'],
  [/^WanVideo/, 'ComfyUI-WanVideoWrapper'],
  [/^(RIFE|FILM|GMFSS) /, 'ComfyUI-Frame-Interpolation'],
  [/\(rgthree\)$/, 'rgthree-comfy'],
  [/KJ(v2)?$/, 'ComfyUI-KJNodes'],
]

/** The node pack that a class unknown to the server probably belongs to, ComfyUI itself, or null. */
export function missingPack(
  className: string,
  classes: ReadonlyArray<{ readonly name: string; readonly module: string }>,
): string | null {
  if (isCore(className)) return COMFYUI
  const prefix = /^[A-Z]+_/.exec(className)?.[0]
  const sibling =
    prefix && classes.find(({ name, module }) => name.startsWith(prefix) && module.startsWith('custom_nodes.'))
  if (sibling) return sibling.module.slice('custom_nodes.'.length)
  return KNOWN.find(([name]) => name.test(className))?.[1] ?? null
}
