import { pyRepr, pyStr } from '../python/format.ts'
import { requireHashable } from '../python/operators.ts'
import { type Py, PythonError } from '../python/py.ts'
import type { OwnBehaviour } from './own-node.ts'
import type { NodeInputs } from './running-node.ts'

type Refusal = (value: Py) => PythonError

/** The value is a key of a table. */
const noSuchKey: Refusal = (value) => {
  requireHashable(value)
  return new PythonError('KeyError', pyRepr(value))
}

const invalid =
  (words: (value: string) => string): Refusal =>
  (value) =>
    new PythonError('ValueError', words(pyStr(value)))

const noSuchModel =
  (folder: string): Refusal =>
  (value) => {
    const message = `Model in folder '${folder}' with filename '${pyStr(value)}' not found.`
    return new PythonError('FileNotFoundError', message)
  }

const textEncoder = noSuchModel('text_encoders')
const contextWindows = {
  context_schedule: invalid((value) => `Unknown context_schedule '${value}'.`),
  fuse_method: invalid((value) => `Unknown fuse_method '${value}'.`),
}

/**
 * New-style combos are not checked when a prompt is posted: only the node's own code may refuse a value (comfy_extras of 0.3.64).
 * Classes that are not here take any value for one of theirs.
 */
const REFUSALS: Readonly<Record<string, Readonly<Record<string, Refusal>>>> = {
  AlignYourStepsScheduler: { model_type: noSuchKey },
  CLIPTextEncodeLumina2: { system_prompt: noSuchKey },
  ContextWindowsManual: contextWindows,
  ImageBlend: { blend_mode: invalid((value) => `Unsupported blend mode: ${value}`) },
  OptimalStepsScheduler: { model_type: noSuchKey },
  PhotoMakerLoader: { photomaker_model_name: noSuchModel('photomaker') },
  PorterDuffImageComposite: { mode: noSuchKey },
  QuadrupleCLIPLoader: {
    clip_name1: textEncoder,
    clip_name2: textEncoder,
    clip_name3: textEncoder,
    clip_name4: textEncoder,
  },
  SaveWEBM: { codec: noSuchKey },
  TripleCLIPLoader: { clip_name1: textEncoder, clip_name2: textEncoder, clip_name3: textEncoder },
  WanCameraEmbedding: { camera_pose: noSuchKey },
  WanContextWindowsManual: contextWindows,
}

/** Classes whose function has `**kwargs` (comfy_extras of 0.3.64). */
const TAKE_ANY = [
  ...['Blocks', 'SD1', 'SD2', 'SDXL', 'SD3_2B', 'SD35_Large', 'Auraflow', 'Flux1', 'MochiPreview', 'LTXV', 'QwenImage'],
  ...['Cosmos7B', 'Cosmos14B', 'CosmosPredict2_2B', 'CosmosPredict2_14B', 'WAN2_1'],
].map((model) => `ModelMerge${model}`)

/** What the functions of ComfyUI's own classes take and refuse, where nothing else of them is modelled. */
export const coreFunctions: readonly OwnBehaviour[] = [
  { classType: 'CLIPTextEncode', parameters: ['clip', 'text'] },
  ...[...TAKE_ANY, 'WebcamCapture', 'Load3D', 'Load3DAnimation', 'Preview3DAnimation'].map((classType) => ({
    classType,
    kwargs: true,
  })),
  ...Object.entries(REFUSALS).map(([classType, refuses]) => ({ classType, refuses })),
]

/** Throws what a node's code says to a value that is none of a combo's options. */
export function refuseOption(
  refuses: OwnBehaviour['refuses'] = {},
  inputs: NodeInputs,
  optionsOf: (input: string) => Py | undefined,
): void {
  for (const [input, refusal] of Object.entries(refuses)) {
    const value = inputs.data(input)
    const options = optionsOf(input)
    if (value === undefined || !Array.isArray(options) || options.includes(value)) continue
    throw refusal(value)
  }
}
