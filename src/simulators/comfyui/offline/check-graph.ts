import { nearest } from '../../../domain/wording.ts'
import { PromptRunnerError } from '../../../errors.ts'
import { behavioursWith } from '../behaviours/behaviours.ts'
import type { NodeBehaviour } from '../behaviours/node-behaviour.ts'
import { withDeclared } from '../object-info.ts'
import { parseJson } from '../python/parse.ts'
import { isDict, type PyDict, PythonError } from '../python/py.ts'
import { type Rules, rulesOf } from '../rules.ts'
import { OWN_REPLACEMENTS } from '../schema/node-replacements.ts'
import { checkNode, type NodeCheck } from '../validate/check-node.ts'
import { type FindClass, nodeClasses } from '../validate/node-class.ts'
import { exceptionInOutput, type NodeError } from '../validate/node-error.ts'
import { describeError } from './describe-error.ts'
import { dynamicProblems } from './dynamic-problems.ts'
import { type Finding, findingIn, type GraphProblem } from './finding.ts'
import { label, type OfflineGraph, readGraph } from './graph.ts'
import { linkProblems, withoutDeadLinks } from './link-problems.ts'
import { installHint, isCore, isEditorOnly, missingPack } from './missing-place.ts'
import { comparePasses, passesOf } from './pass-problems.ts'
import { strictProblems } from './strict-problems.ts'

/** A server as its recorded `GET /object_info` tells. */
export interface OfflineServer {
  readonly findClass: FindClass
  /** What a server of its version does. */
  readonly rules: Rules
  /** Every class, for "did you mean" and for the node pack that a missing class may belong to. */
  readonly classes: ReadonlyArray<{ readonly name: string; readonly module: string }>
}

export interface OfflineOptions {
  /** The file as the user named it, for messages. */
  readonly file: string
  /** Whether the server has a file under an annotated name. Left out: file names are not checked. */
  readonly fileExists?: (annotatedName: string) => boolean
  /** Adds what the server lets pass but a user regrets. */
  readonly strict?: boolean
}

/** What is known of a server besides its `GET /object_info`. */
export interface OfflineKnowledge {
  /** What classes check, and classes that are declared by code. */
  readonly behaviours?: readonly NodeBehaviour[]
  /** `0.29.0`; left out where nobody knows it. */
  readonly version?: string
  /** It answered just now, and has no class that it does not list. */
  readonly live?: boolean
}

/** Reads the text of a `GET /object_info` once for any number of graphs. Throws PR_COMFY_HTTP when it is none. */
export function offlineServer(
  objectInfo: string,
  { behaviours = [], live = false, version = '' }: OfflineKnowledge = {},
): OfflineServer {
  const parsed = parseObjectInfo(objectInfo)
  const known = live ? parsed : withDeclared(parsed, behaviours)
  const classes = known.keys().map((name) => {
    const entry = known.get(name)
    const module = isDict(entry) ? entry.get('python_module') : undefined
    return { name, module: typeof module === 'string' ? module : '' }
  })
  const findClass = nodeClasses(known, behavioursWith(behaviours))
  return { findClass, rules: rulesOf(version), classes: [...classes] }
}

/** A server that has not changed says the same again, and its hundreds of classes are read once. */
let last: { readonly text: string; readonly parsed: PyDict } | null = null

function parseObjectInfo(text: string): PyDict {
  if (last?.text === text) return last.parsed
  try {
    const parsed = parseJson(text)
    if (isDict(parsed)) {
      last = { text, parsed }
      return parsed
    }
  } catch (error) {
    if (!(error instanceof PythonError)) throw error
  }
  throw new PromptRunnerError(
    'PR_COMFY_HTTP',
    `GET /object_info gave no object of node classes: ${text.slice(0, 100)}`,
    {
      hint: 'check that the address is that of ComfyUI itself and not of a page or login in front of it',
    },
  )
}

/**
 * Every problem of an API-format workflow, without a server: what the server would refuse, all of it and not only up to the
 * first unknown class, and what it would accept and then choke on. `text` is the graph or a body of POST /prompt.
 */
export function checkGraph(text: string, server: OfflineServer, options: OfflineOptions): Finding[] {
  return withFile(options.file, () => {
    const replacements = server.rules.nodeReplacements ? OWN_REPLACEMENTS : undefined
    const graph = readGraph(text, server.findClass, replacements)
    return [
      ...classProblems(graph, server),
      ...nodeProblems(graph, server.rules, options.fileExists ?? (() => true)),
      ...dynamicProblems(graph),
      ...linkProblems(graph),
      ...(options.strict ? strictProblems(graph) : []),
    ]
  })
}

/**
 * What must be the same in the graphs of a video's two passes: steps, sampler, scheduler and shift, and LOW starts where
 * HIGH ends. Graphs without a KSamplerAdvanced have nothing to compare.
 */
export function checkPassPair(
  high: string,
  low: { readonly file: string; readonly text: string },
  server: OfflineServer,
): Finding[] {
  return withFile(low.file, () => {
    const [first] = passesOf(readGraph(high, server.findClass))
    const second = passesOf(readGraph(low.text, server.findClass)).at(-1)
    return first && second ? comparePasses(first, second) : []
  })
}

function withFile(file: string, find: () => GraphProblem[]): Finding[] {
  try {
    return find().map((problem) => findingIn(file, problem))
  } catch (error) {
    if (!(error instanceof PromptRunnerError)) throw error
    return [{ file, message: error.message, ...(error.hint && { hint: error.hint }) }]
  }
}

function classProblems(graph: OfflineGraph, { classes }: OfflineServer): GraphProblem[] {
  const problems = graph.nodes.values().flatMap((node): GraphProblem[] => {
    if (node.known) return []
    if (node.className === null) {
      return [
        { node, message: `node ${node.id} has no class_type`, hint: 'export the workflow again with "Export (API)"' },
      ]
    }
    if (isEditorOnly(node.className)) {
      const message = `${label(node)}: ${node.className} exists in the editor only, and no server or node pack has it`
      return [{ node, message, value: node.className, hint: 'export the workflow again with "Export (API)"' }]
    }
    const pack = missingPack(node.className, classes)
    const names = classes.map(({ name }) => name)
    const meant = isCore(node.className) ? null : nearest(node.className, names)
    const install = installHint(pack)
    return [
      {
        node,
        message: `${label(node)}: the server has no class ${node.className}`,
        value: node.className,
        hint: meant === null ? install : `did you mean "${meant}"? Otherwise ${install}`,
        missing: { kind: 'node class', name: node.className, place: pack, nearest: meant },
      },
    ]
  })
  const found = [...problems]
  if (graph.outputs.length > 0) return found
  const hint = 'add a node that saves something, such as SaveVideo or SaveImage'
  return [...found, { message: 'no node of the workflow gives an output: the server would refuse it', hint }]
}

/** What the server's own rules say about every node that leads to an output; links that lead nowhere are left out. */
function nodeProblems(
  graph: OfflineGraph,
  rules: Rules,
  fileExists: (annotatedName: string) => boolean,
): GraphProblem[] {
  const check: NodeCheck = {
    prompt: withoutDeadLinks(graph),
    findClass: graph.findClass,
    fileExists,
    // Circles are told once, by what looks at links.
    rules: { ...rules, dependencyCycle: false },
    verdicts: new Map(),
    open: new Set(),
  }
  return [...graph.nodes.values()].flatMap((node) => {
    if (!node.known || !graph.reachable.has(node.id)) return []
    const errors = errorsOf(check, node.id)
    return errors.flatMap((error) => describeError(error, node, graph.findClass(node.className!)!))
  })
}

function errorsOf(check: NodeCheck, id: string): readonly NodeError[] {
  try {
    return checkNode(check, id).errors
  } catch (error) {
    if (!(error instanceof PythonError)) throw error
    return [exceptionInOutput(error)]
  }
}
