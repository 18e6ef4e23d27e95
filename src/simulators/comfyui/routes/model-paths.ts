/** Where the server looks for the files of its folders, below its own, where that is not `models/<folder>` alone (folder_paths.py). */
const PATHS: Readonly<Record<string, readonly string[]>> = {
  text_encoders: ['models/text_encoders', 'models/clip'],
  diffusion_models: ['models/unet', 'models/diffusion_models'],
  controlnet: ['models/controlnet', 'models/t2i_adapter'],
  custom_nodes: ['custom_nodes'],
  datasets: ['datasets'],
  kjnodes_fonts: ['custom_nodes/ComfyUI-KJNodes/fonts'],
  VHS_video_formats: [],
}

/** What nodes save there is found, too (main.py, add_model_folder_path). */
const SAVED: Readonly<Record<string, string>> = {
  checkpoints: 'output/checkpoints',
  loras: 'output/loras',
  vae: 'output/vae',
  text_encoders: 'output/clip',
  diffusion_models: 'output/diffusion_models',
}

/** Folders of ComfyUI-GGUF that are others by another name. */
const SAME: Readonly<Record<string, string>> = { unet_gguf: 'diffusion_models', clip_gguf: 'text_encoders' }

/** The folders that one of `GET /models` stands for. */
export function modelPaths(folder: string, root: string): string[] {
  const name = SAME[folder] ?? folder
  const own = PATHS[name] ?? [`models/${name}`]
  return [...own, ...(SAVED[name] ? [SAVED[name]] : [])].map((path) => `${root}/${path}`)
}
