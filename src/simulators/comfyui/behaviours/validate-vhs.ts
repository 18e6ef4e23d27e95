import { fileCheck } from './file-check.ts'
import type { ValidateBehaviour, ValidateBehaviours } from './validate-behaviour.ts'

// ComfyUI-VideoHelperSuite declares some IMAGE and FLOAT sockets with a string type of its own that also equals another
// type (videohelpersuite/utils.py, MultiInput).
const LATENT = ['IMAGE', 'LATENT']
const INT = ['FLOAT', 'INT']

const loader: ValidateBehaviour = { also: { force_rate: INT, 0: LATENT } }

/** ComfyUI-VideoHelperSuite. Loaders that take a path of the server's disk instead of a file name accept any text here. */
export const vhsValidateBehaviours: ValidateBehaviours = new Map<string, ValidateBehaviour>([
  ['VHS_VideoCombine', { also: { images: LATENT, frame_rate: INT } }],
  ['VHS_LoadVideo', { ...loader, check: fileCheck('LoadVideoUpload.VALIDATE_INPUTS', 'video', 'video') }],
  ['VHS_LoadVideoFFmpeg', { ...loader, check: fileCheck('LoadVideoFFmpegUpload.VALIDATE_INPUTS', 'video', 'video') }],
  ['VHS_LoadVideoPath', loader],
  ['VHS_LoadVideoFFmpegPath', loader],
  ['VHS_LoadImagePath', { also: { 0: LATENT } }],
  ['VHS_Unbatch', { check: { name: 'Unbatch.VALIDATE_INPUTS', required: ['input_types'], run: () => true } }],
])
