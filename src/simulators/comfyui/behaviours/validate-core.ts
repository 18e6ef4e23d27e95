import { fileCheck } from './file-check.ts'
import type { ValidateBehaviours } from './validate-behaviour.ts'

/** Loaders of ComfyUI itself (nodes.py, comfy_extras/nodes_video.py, nodes_audio.py, 0.3.64). */
export const coreValidateBehaviours: ValidateBehaviours = new Map([
  ['LoadImage', { check: fileCheck('LoadImage.VALIDATE_INPUTS', 'image', 'image') }],
  ['LoadImageMask', { check: fileCheck('LoadImageMask.VALIDATE_INPUTS', 'image', 'image') }],
  ['LoadImageOutput', { check: fileCheck('LoadImage.VALIDATE_INPUTS', 'image', 'image') }],
  ['LoadLatent', { check: fileCheck('LoadLatent.VALIDATE_INPUTS', 'latent', 'latent') }],
  ['LoadVideo', { check: fileCheck('LoadVideo.validate_inputs', 'file', 'video') }],
  ['LoadAudio', { check: fileCheck('LoadAudio.VALIDATE_INPUTS', 'audio', 'audio') }],
])
