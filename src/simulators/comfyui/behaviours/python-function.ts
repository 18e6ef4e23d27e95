import type { ClassTraits } from '../execute/node-runner.ts'
import type { Value } from '../execute/value.ts'
import { requireArguments } from '../python/arguments.ts'
import { PythonError } from '../python/py.ts'
import { FUNCTIONS, OWNERS } from './python-names.ts'

/** The function of a class, as far as Python's complaints about arguments show it. */
export interface PythonFunction {
  /** `SaveImage.save_images`: an inherited function keeps the class that has it. */
  readonly name: string
  /** Parameters without a default, in order. Absent: the required inputs in theirs. */
  readonly required?: readonly string[]
  /** It has `**kwargs`. */
  readonly takesAny?: boolean
}

const TAKES_ANY =
  /^(ModelMerge(?!Simple|Add|Subtract)|WebcamCapture$|Load3D|Preview3D|VHS_VideoCombine$|VHS_LoadVideo|VHS_LoadImage|VHS_LoadAudioUpload$)/

/** What differs from the inputs, of classes that can get nothing but links. */
const REQUIRED: Readonly<Record<string, readonly string[]>> = {
  CLIPTextEncode: ['clip', 'text'],
  PreviewAny: [],
  VAEDecode: ['vae', 'samples'],
  VAEEncode: ['vae', 'pixels'],
}

/** V3 classes have `execute`. What a class of another pack takes is not known: many take inputs that they do not declare. */
export function pythonFunction(classType: string, { isV3, isOfPack }: ClassTraits): PythonFunction {
  const owner = OWNERS.get(classType) ?? classType.replace(/^VHS_/, '')
  const known = isV3 && !isOfPack ? 'execute' : FUNCTIONS.get(classType)
  if (known === undefined) return { name: `${owner}.execute`, required: [], takesAny: true }
  const required = REQUIRED[classType]
  return { name: `${owner}.${known}`, takesAny: TAKES_ANY.test(classType), ...(required && { required }) }
}

/**
 * Python's own check of a call's arguments. A link to an input that the class does not have is followed all the same, and its
 * value handed over by name; lists that are all empty hand over nothing.
 */
export function checkArguments(
  { name, required, takesAny = false }: PythonFunction,
  traits: ClassTraits,
  given: ReadonlyMap<string, Value>,
): void {
  for (const argument of given.keys()) {
    if (argument === 'self' && !traits.isV3) {
      throw new PythonError('TypeError', `${name}() got multiple values for argument 'self'`)
    }
    if (takesAny || traits.inputs.has(argument) || traits.hidden.has(argument)) continue
    throw new PythonError('TypeError', `${name}() got an unexpected keyword argument '${argument}'`)
  }
  // Inputs that are missing by themselves were refused when the prompt was posted.
  if (given.size === 0) requireArguments(name, required ?? traits.required, given)
}
