import { PromptRunnerError } from '../../../errors.ts'
import { parseJson } from '../python/parse.ts'
import { isDict, type Py, type PyDict, PythonError } from '../python/py.ts'
import { replaceNodes } from '../schema/node-replacements.ts'
import { type FindClass, linkType, type NodeClass } from '../validate/node-class.ts'

export interface OfflineNode {
  readonly id: string
  readonly title: string | null
  readonly className: string | null
  /** Whether the server has the class. */
  readonly known: boolean
  readonly inputs: PyDict
  /** Input → [source, slot], for every input that is a link. */
  readonly links: ReadonlyMap<string, readonly [source: string, slot: Py]>
  /** Of these, the inputs whose link has the source's id as a number, which the server does not find. */
  readonly numbered: ReadonlySet<string>
}

export interface OfflineGraph {
  readonly prompt: PyDict
  readonly nodes: ReadonlyMap<string, OfflineNode>
  /** Nodes that the server runs a graph for; a node of an unknown class may be one. */
  readonly outputs: readonly string[]
  /** Nodes that an output needs, outputs included. */
  readonly reachable: ReadonlySet<string>
  /** Like the server's classes, with a stand-in for unknown ones: no inputs, outputs of any type. */
  readonly findClass: FindClass
}

/** Where the server itself would fail on it, the class is told as missing. */
function replaceKnown(prompt: PyDict, replacements: PyDict, findClass: FindClass): void {
  try {
    replaceNodes(prompt, replacements, (name) => findClass(name) !== undefined)
  } catch (error) {
    if (!(error instanceof PythonError)) throw error
  }
}

const EXPORT = 'open it in ComfyUI and use "Export (API)"'

/**
 * Reads a workflow in API format: bare, in a body of POST /prompt or of a worker's job, as JSON text in one of these, or in a
 * workflow file of a run folder. Throws PR_INVALID_WORKFLOW for anything else.
 */
export function readGraph(text: string, findClass: FindClass, replacements?: PyDict): OfflineGraph {
  const prompt = apiGraph(text)
  if (replacements) replaceKnown(prompt, replacements, findClass)
  const has = (id: string) => prompt.has(id)
  const nodes = new Map(prompt.entries().map(([id, entry]) => [id, readNode(id, entry, findClass, has)]))
  const outputs = [...nodes.values().filter(({ className, known }) => !known || findClass(className!)?.isOutput)]
  const ids = outputs.map(({ id }) => id)
  return {
    prompt,
    nodes,
    outputs: ids,
    reachable: reach(nodes, ids),
    findClass: (name) => findClass(name) ?? standIn(name),
  }
}

/** `node 10 "Sampler" (KSamplerAdvanced)` */
export function label({ id, title, className }: OfflineNode): string {
  return `node ${id}${title === null ? '' : ` "${title}"`}${className === null ? '' : ` (${className})`}`
}

function apiGraph(text: string): PyDict {
  const graph = unwrapped(parse(text))
  if (!isDict(graph)) throw invalid('the file holds no workflow: its JSON is no object', EXPORT)
  if (Array.isArray(graph.get('nodes'))) {
    throw invalid('the file is a workflow in the editor’s format, which the server does not run', EXPORT)
  }
  for (const [id, entry] of graph) {
    if (!isDict(entry)) throw invalid(`node ${id} is no object with class_type and inputs`, EXPORT)
  }
  return graph
}

/** Members in which clients and workers of serverless GPUs send a workflow. */
const WRAPPERS = ['input', 'prompt', 'workflow'] as const

/** The graph in what was made to send it, at whatever depth. */
function unwrapped(root: Py): Py {
  if (!isDict(root)) return root
  for (const key of WRAPPERS) {
    const inner = root.get(key)
    if (isDict(inner) && !inner.has('class_type')) return unwrapped(inner)
    if (typeof inner === 'string' && inner.trim().startsWith('{'))
      return unwrapped(parse(inner, `the text in "${key}"`))
  }
  return root
}

function parse(text: string, what = 'the file'): Py {
  try {
    return parseJson(text)
  } catch (error) {
    if (!(error instanceof PythonError)) throw error
    throw invalid(`${what} is no JSON: ${withLine(error.message, text)}`, `repair it there, or ${EXPORT}`)
  }
}

/** The reader's position as an editor shows it. */
function withLine(message: string, text: string): string {
  return message.replace(/: char (\d+)$/, (_, position: string) => {
    const before = text.slice(0, Number(position)).split('\n')
    return ` at line ${before.length}, column ${before.at(-1)!.length + 1}`
  })
}

const invalid = (message: string, hint: string) => new PromptRunnerError('PR_INVALID_WORKFLOW', message, { hint })

function readNode(id: string, entry: Py, findClass: FindClass, has: (id: string) => boolean): OfflineNode {
  const fields = isDict(entry) ? entry : new Map<string, Py>()
  const [name, meta, given] = ['class_type', '_meta', 'inputs'].map((key) => fields.get(key))
  const className = typeof name === 'string' ? name : null
  const title = isDict(meta) ? meta.get('title') : undefined
  const inputs: PyDict = isDict(given) ? given : new Map()
  const numbered = new Set<string>()
  const links = inputs.entries().flatMap(([input, value]): Array<[string, readonly [string, Py]]> => {
    if (!Array.isArray(value) || value.length !== 2) return []
    const [source = null, slot = null] = value
    if (typeof source === 'string') return [[input, [source, slot]]]
    if (typeof source !== 'bigint' || !has(String(source))) return []
    numbered.add(input)
    return [[input, [String(source), slot]]]
  })
  return {
    id,
    title: typeof title === 'string' ? title : null,
    className,
    known: className !== null && findClass(className) !== undefined,
    inputs,
    links: new Map(links),
    numbered,
  }
}

function reach(nodes: ReadonlyMap<string, OfflineNode>, from: readonly string[]): ReadonlySet<string> {
  const reached = new Set<string>()
  const waiting = [...from]
  for (let id = waiting.pop(); id !== undefined; id = waiting.pop()) {
    if (reached.has(id)) continue
    reached.add(id)
    for (const [source] of nodes.get(id)?.links.values() ?? []) waiting.push(source)
  }
  return reached
}

function standIn(name: string): NodeClass {
  const outputs = Array.from({ length: 64 }, () => linkType('*', false, 'any'))
  const inputs = new Map<string, never>()
  return {
    name,
    v3: false,
    isOutput: true,
    inputs,
    inputsOf: () => inputs,
    hidden: new Map(),
    outputs,
    behaviour: {},
  }
}
