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
 * Reads a workflow in API format: bare, in a body of POST /prompt, or in a workflow file of a run folder. Throws
 * PR_INVALID_WORKFLOW for anything else.
 */
export function readGraph(text: string, findClass: FindClass, replacements?: PyDict): OfflineGraph {
  const prompt = apiGraph(text)
  if (replacements) replaceKnown(prompt, replacements, findClass)
  const nodes = new Map(prompt.entries().map(([id, entry]) => [id, readNode(id, entry, findClass)]))
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
  const root = parse(text)
  const graph = wrapped(root, 'prompt') ?? wrapped(root, 'workflow') ?? root
  if (!isDict(graph)) throw invalid('the file holds no workflow: its JSON is no object', EXPORT)
  if (Array.isArray(graph.get('nodes'))) {
    throw invalid('the file is a workflow in the editor’s format, which the server does not run', EXPORT)
  }
  for (const [id, entry] of graph) {
    if (!isDict(entry)) throw invalid(`node ${id} is no object with class_type and inputs`, EXPORT)
  }
  return graph
}

function wrapped(root: Py, key: string): PyDict | null {
  const inner = isDict(root) ? root.get(key) : undefined
  return isDict(inner) && !inner.has('class_type') ? inner : null
}

function parse(text: string): Py {
  try {
    return parseJson(text)
  } catch (error) {
    if (!(error instanceof PythonError)) throw error
    throw invalid(`the file is no JSON: ${withLine(error.message, text)}`, `repair it there, or ${EXPORT}`)
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

function readNode(id: string, entry: Py, findClass: FindClass): OfflineNode {
  const fields = isDict(entry) ? entry : new Map<string, Py>()
  const [name, meta, given] = ['class_type', '_meta', 'inputs'].map((key) => fields.get(key))
  const className = typeof name === 'string' ? name : null
  const title = isDict(meta) ? meta.get('title') : undefined
  const inputs: PyDict = isDict(given) ? given : new Map()
  const links = inputs.entries().flatMap(([input, value]): Array<[string, readonly [string, Py]]> => {
    const isLink = Array.isArray(value) && value.length === 2 && typeof value[0] === 'string'
    return isLink ? [[input, [value[0] as string, value[1] ?? null]]] : []
  })
  return {
    id,
    title: typeof title === 'string' ? title : null,
    className,
    known: className !== null && findClass(className) !== undefined,
    inputs,
    links: new Map(links),
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
