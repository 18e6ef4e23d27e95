import { isDict, type Py, type PyDict } from '../python/py.ts'

/** What the executor must know about a node class. */
export interface ClassTraits {
  readonly isOutput: boolean
  readonly isV3: boolean
  /** It comes with a node pack, and not with ComfyUI itself. */
  readonly isOfPack: boolean
  /** Input name → its options; hidden inputs are apart. */
  readonly inputs: ReadonlyMap<string, PyDict>
  /** Names of those that a prompt must have. */
  readonly required: readonly string[]
  readonly lazyInputs: ReadonlySet<string>
  /** Hidden inputs of V1 classes as declared: name → kind (`PROMPT`, `UNIQUE_ID`, …), or like any other input. */
  readonly hidden: PyDict
  /** Some hidden input comes from the prompt's extra data. */
  readonly readsExtraData: boolean
  readonly outputs: readonly string[]
  readonly outputIsList: readonly boolean[]
  /** INPUT_IS_LIST: called once with whole lists. Not told by object_info of 0.3.64. */
  readonly inputIsList: boolean
  /** The function is a coroutine. Not told by object_info. */
  readonly isAsync: boolean
}

const FROM_EXTRA_DATA = new Set<Py>(['EXTRA_PNGINFO', 'AUTH_TOKEN_COMFY_ORG', 'API_KEY_COMFY_ORG'])

/** Traits of a class by its entry in `/object_info`. */
export function classTraits(info: PyDict, more: { inputIsList?: boolean; isAsync?: boolean } = {}): ClassTraits {
  const groups = asDict(info.get('input'))
  const inputs = new Map<string, PyDict>()
  for (const group of ['required', 'optional']) {
    for (const [name, spec] of asDict(groups.get(group))) {
      inputs.set(name, asDict(Array.isArray(spec) ? spec[1] : undefined))
    }
  }
  // Only V3 schemas always list these (comfy_api/latest/_io.py); their hidden inputs never reach the call's inputs.
  const isV3 = info.has('api_node') && info.has('experimental') && info.has('deprecated')
  return {
    isOutput: info.get('output_node') === true,
    isV3,
    isOfPack: String(info.get('python_module')).startsWith('custom_nodes.'),
    inputs,
    required: [...asDict(groups.get('required')).keys()],
    lazyInputs: new Set(Array.from(inputs).flatMap(([name, options]) => (options.get('lazy') === true ? [name] : []))),
    readsExtraData: asDict(groups.get('hidden'))
      .values()
      .some((kind) => FROM_EXTRA_DATA.has(Array.isArray(kind) && isV3 ? (kind[0] ?? null) : kind)),
    hidden: isV3 ? new Map() : asDict(groups.get('hidden')),
    outputs: asList(info.get('output')).map((type) => (typeof type === 'string' ? type : 'COMBO')),
    outputIsList: asList(info.get('output_is_list')).map((flag) => flag === true),
    inputIsList: more.inputIsList ?? info.get('is_input_list') === true,
    isAsync: more.isAsync ?? false,
  }
}

const asDict = (value: Py | undefined): PyDict => (isDict(value) ? value : new Map())
const asList = (value: Py | undefined): Py[] => (Array.isArray(value) ? value : [])
