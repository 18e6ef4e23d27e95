import { type Graph, isLink } from '../domain/graph.ts'
import type { Problem } from '../errors.ts'

/** What a file says, or what is wrong with it. */
export interface Read<T> {
  /** null when there are problems. */
  readonly value: T | null
  readonly problems: readonly Problem[]
  /** What to do about all of them. */
  readonly hint?: string
}

/** Reads a workflow in ComfyUI's API format. Never throws: everything wrong is a problem with its place. */
export function readTemplate(file: string, text: string): Read<Graph> {
  const json = parseJson(file, text.replace(/^\uFEFF/, ''))
  const problems = json.problems.length > 0 ? json.problems : graphProblems(file, json.value)
  return { value: problems.length > 0 ? null : (json.value as Graph), problems }
}

function parseJson(file: string, text: string): { value: unknown; problems: Problem[] } {
  const problems: Problem[] = []
  try {
    const value = parseWithSource(text, (key, parsed, source) => {
      // ComfyUI takes seeds up to 2^64; JSON.parse would silently send another one.
      if (typeof parsed !== 'number' || !/^-?\d+$/.test(source ?? '') || Number.isSafeInteger(parsed)) return
      const hint = 'Choose a number up to 9007199254740991 (2^53 - 1) in its place.'
      problems.push({
        file,
        line: lineOf(text, source!),
        message: `"${key}" is too large to be read exactly.`,
        value: source,
        hint,
      })
    })
    return { value, problems: [...problems, ...duplicateKeys(file, text)] }
  } catch (error) {
    const reason = (error as SyntaxError).message
    const position = /position (\d+)/.exec(reason)?.[1]
    const line = position === undefined ? text.split('\n').length : text.slice(0, Number(position)).split('\n').length
    return {
      value: null,
      problems: [{ file, line, message: `This is not JSON: ${reason.replace(/ in JSON at position.*/s, '')}.` }],
    }
  }
}

/** `context.source` of the reviver is the number as written; TypeScript does not know it yet. */
function parseWithSource(
  text: string,
  see: (key: string, value: unknown, source: string | undefined) => void,
): unknown {
  const parse = JSON.parse as (
    text: string,
    reviver: (key: string, value: unknown, context: { source?: string }) => unknown,
  ) => unknown
  return parse(text, (key, value, { source }) => {
    see(key, value, source)
    return value
  })
}

/** JSON.parse keeps the last of two equal keys without a word. */
function duplicateKeys(file: string, json: string): Problem[] {
  const problems: Problem[] = []
  const open: Set<string>[] = []
  for (const { 1: string, 2: colon, index, 0: token } of json.matchAll(/("(?:[^"\\]|\\.)*")(\s*:)?|[{}[\]]/g)) {
    if (token === '{' || token === '[') open.push(new Set())
    else if (token === '}' || token === ']') open.pop()
    else if (colon !== undefined) {
      const key = JSON.parse(string!) as string
      if (open.at(-1)?.has(key)) {
        const line = json.slice(0, index).split('\n').length
        problems.push({ file, line, message: 'A key stands twice in one object.', value: key })
      }
      open.at(-1)?.add(key)
    }
  }
  return problems
}

function lineOf(text: string, source: string): number {
  return text.slice(0, text.indexOf(source)).split('\n').length
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

function graphProblems(file: string, value: unknown): Problem[] {
  if (!isObject(value) || Object.keys(value).length === 0) {
    return [{ file, message: 'A workflow is an object of nodes: { "1": { "class_type": …, "inputs": … } }.' }]
  }
  if (Array.isArray(value['nodes'])) {
    const hint = 'In the ComfyUI editor choose Workflow, "Export (API)", and use that file.'
    return [{ file, message: "This workflow is in the editor's format, which a server cannot run.", hint }]
  }
  if (isObject(value['prompt'])) {
    return [{ file, message: 'This is a whole request.', hint: 'Keep only what stands under "prompt".' }]
  }
  return Object.entries(value).flatMap(([id, node]) => nodeProblems(file, value, id, node))
}

function nodeProblems(file: string, graph: Record<string, unknown>, id: string, node: unknown): Problem[] {
  if (!isObject(node)) return [{ file, message: `Node "${id}" is not an object.`, value: node }]
  if (typeof node['class_type'] !== 'string') return [{ file, message: `Node "${id}" has no class_type.` }]
  const name = `Node "${id}" (${node['class_type']})`
  // A server that runs a node without inputs never finishes anything again.
  if (!isObject(node['inputs'])) return [{ file, message: `${name} has no object of inputs.` }]
  return Object.entries(node['inputs']).flatMap(([input, value]) => {
    if (!isLink(value) || Object.hasOwn(graph, value[0])) return []
    return [{ file, message: `${name} links its input "${input}" to node "${value[0]}", which does not exist.`, value }]
  })
}
