import { isDict, type Py, type PyDict } from '../python/py.ts'
import { hasDynamicInputs, liveInputs } from '../schema/live-inputs.ts'
import type { DynamicPrompt } from './dynamic-prompt.ts'
import type { Value } from './value.ts'

/**
 * What a node computes. The executor knows order, caching, lists, messages and history; all that depends on a node's class
 * comes through here.
 */
export interface NodeRunner {
  /** null for a class that the server does not have. */
  traits(classType: string): ClassTraits | null
  /** A prompt starts: what was kept for nodes that it does not have is dropped. */
  beginPrompt(prompt: PyDict): void
  /**
   * IS_CHANGED / fingerprint_inputs for the constant inputs, as the array that the server keeps; NaN in it never matches.
   * undefined: the class has no such hook.
   */
  fingerprint(classType: string, constants: PyDict): Py | undefined
  /** check_lazy_status: names of lazy inputs that this call needs and does not have yet. */
  lazyRequest(call: NodeCall): readonly string[]
  /** Starts one call. A PythonError thrown here or by `finish` is the node's exception. */
  run(call: NodeCall): NodeOutcome
}

export interface NodeCall {
  readonly promptId: string
  /** `12`, or `12.0.0.3` inside an expansion. */
  readonly nodeId: string
  readonly classType: string
  /** One value per input; with INPUT_IS_LIST the first of each list. A lazy input that is not there yet is None. */
  readonly inputs: ReadonlyMap<string, Value>
  readonly lists: ReadonlyMap<string, readonly Value[]>
  /** Index of this call when the node is mapped over a list. */
  readonly index: number
  /** The whole graph; `original` is it as submitted, after the server's conversions. */
  readonly graph: DynamicPrompt
  readonly extraData: PyDict
}

export interface NodeOutcome {
  /** From the call to its end, in milliseconds of the run's clock. */
  readonly durationMs: number
  /** How many coroutines of this name run at a time; the others wait for their turn before anything happens. */
  readonly limit?: { readonly name: string; readonly most: number }
  /** In order of `atMs`, which counts from the call. */
  readonly ticks: readonly Tick[]
  /** Called once, when the time is over: here files are written. */
  finish(): NodeResult
}

export interface Tick {
  readonly atMs: number
  readonly progress?: { readonly value: Py; readonly max: Py }
  readonly preview?: Preview
  /** send_progress_text: a binary TEXT frame to everybody. */
  readonly text?: string
}

export interface Preview {
  readonly format: 'jpeg' | 'png'
  readonly bytes: Uint8Array
}

export interface NodeResult {
  /** One per declared output: a value, or an array where the output is a list. Absent for nodes without outputs. */
  readonly outputs?: readonly (Value | readonly Value[])[]
  /** Already flattened to arrays. */
  readonly ui?: ReadonlyMap<string, readonly Py[]>
  readonly expansion?: Expansion
}

/** A node that returns a graph instead of results. */
export interface Expansion {
  /** Node id → node, as in a prompt. A node may name its display id under `override_display_id`. */
  readonly graph: PyDict
  /** One per declared output: a link into the graph, or a value. */
  readonly outputs: readonly (Value | ExpansionLink)[]
}

export interface ExpansionLink {
  readonly kind: 'link'
  readonly node: string
  readonly slot: number
}

/** What the executor must know about a node class. */
export interface ClassTraits {
  readonly isOutput: boolean
  readonly isV3: boolean
  /** `nodes`, `comfy_extras.nodes_wan`, `custom_nodes.<pack>`. */
  readonly module: string
  /** Input name → its options; hidden inputs are apart. */
  readonly inputs: ReadonlyMap<string, PyDict>
  /** Those of one node: dynamic inputs are replaced by what its own values make of them. */
  readonly inputsOf: (given: PyDict) => NodeInputTraits
  /** Names of those that a prompt must have. */
  readonly required: readonly string[]
  readonly lazyInputs: ReadonlySet<string>
  /** Hidden inputs of V1 classes as declared: name → kind (`PROMPT`, `UNIQUE_ID`, …), or like any other input. */
  readonly hidden: PyDict
  /** Some hidden input comes from the prompt's extra data. */
  readonly readsExtraData: boolean
  readonly outputs: readonly string[]
  readonly outputIsList: readonly boolean[]
  /** Per output the template that its type follows from, `switch`; null for those of a fixed type. */
  readonly outputTemplates: readonly (string | null)[]
  /** Its `ui` is told again when the node was served from the cache. */
  readonly hasIntermediateOutput: boolean
  /** INPUT_IS_LIST: called once with whole lists. Not told by object_info of 0.3.64. */
  readonly inputIsList: boolean
  /** The function is a coroutine. Not told by object_info. */
  readonly isAsync: boolean
  /** Constants reach it that it does not declare. Not told by object_info. */
  readonly acceptsAll: boolean
}

/** The inputs of one node. */
export interface NodeInputTraits {
  /** Name → options; names of dynamic inputs are dotted: `resize_type.width`. */
  readonly inputs: ReadonlyMap<string, PyDict>
  /** Dynamic inputs that got nothing: the function has an empty dict for them. */
  readonly empty: ReadonlySet<string>
  /** The number or kind of inputs depends on the values. */
  readonly isDynamic: boolean
}

const FROM_EXTRA_DATA = new Set<Py>(['EXTRA_PNGINFO', 'AUTH_TOKEN_COMFY_ORG', 'API_KEY_COMFY_ORG'])

/** Traits of a class by its entry in `/object_info`. */
export function classTraits(
  info: PyDict,
  more: { inputIsList?: boolean; isAsync?: boolean; acceptsAll?: boolean } = {},
): ClassTraits {
  const groups = asDict(info.get('input'))
  const inputs = new Map<string, PyDict>()
  for (const group of ['required', 'optional']) {
    for (const [name, spec] of asDict(groups.get(group))) {
      inputs.set(name, asDict(Array.isArray(spec) ? spec[1] : undefined))
    }
  }
  // Only V3 schemas always list these (comfy_api/latest/_io.py); their hidden inputs never reach the call's inputs.
  const isV3 = info.has('api_node') && info.has('experimental') && info.has('deprecated')
  const fixed: NodeInputTraits = { inputs, empty: new Set(), isDynamic: false }
  const isDynamic = isV3 && hasDynamicInputs(groups)
  return {
    isOutput: info.get('output_node') === true,
    isV3,
    module: String(info.get('python_module') ?? ''),
    inputs,
    inputsOf: isDynamic ? (given) => grown(groups, given) : () => fixed,
    required: [...asDict(groups.get('required')).keys()],
    lazyInputs: new Set(Array.from(inputs).flatMap(([name, options]) => (options.get('lazy') === true ? [name] : []))),
    readsExtraData: asDict(groups.get('hidden'))
      .values()
      .some((kind) => FROM_EXTRA_DATA.has(Array.isArray(kind) && isV3 ? (kind[0] ?? null) : kind)),
    hidden: isV3 ? new Map() : asDict(groups.get('hidden')),
    outputs: asList(info.get('output')).map((type) => (typeof type === 'string' ? type : 'COMBO')),
    outputIsList: asList(info.get('output_is_list')).map((flag) => flag === true),
    outputTemplates: asList(info.get('output_matchtypes')).map((name) => (typeof name === 'string' ? name : null)),
    hasIntermediateOutput: info.get('has_intermediate_output') === true,
    inputIsList: more.inputIsList ?? info.get('is_input_list') === true,
    isAsync: more.isAsync ?? false,
    acceptsAll: more.acceptsAll ?? false,
  }
}

function grown(groups: PyDict, given: PyDict): NodeInputTraits {
  const { inputs, empty } = liveInputs(groups, given)
  const options = Array.from(inputs, ([name, { declaration }]): [string, PyDict] => [name, asDict(declaration[1])])
  return { inputs: new Map(options), empty, isDynamic: true }
}

const asDict = (value: Py | undefined): PyDict => (isDict(value) ? value : new Map())
const asList = (value: Py | undefined): Py[] => (Array.isArray(value) ? value : [])
