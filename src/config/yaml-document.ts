import { isMap, isSeq, LineCounter, type Node, parseDocument, visit } from 'yaml'
import * as z from 'zod'
import { didYouMean } from '../domain/wording.ts'
import type { Problem } from '../errors.ts'

export type Path = readonly PropertyKey[]

/** A YAML text that was read, with the line of everything in it. */
interface YamlDocument {
  readonly value: unknown
  /** Faults of the YAML itself; with any of them `value` is undefined. */
  readonly problems: readonly Problem[]
  /** Line (from 1) of what stands at a path, or of the nearest thing above it. */
  readonly lineOf: (path: Path) => number
}

/** Reads one YAML document. Faults become `problems`; it never throws. */
export function readYaml(file: string, text: string): YamlDocument {
  const counter = new LineCounter()
  // Its warnings would go to stderr by themselves; types that JSON has not, as !!binary, stay text.
  const document = parseDocument(text, { ...quiet, lineCounter: counter, prettyErrors: false })
  const lineAt = (offset: number) => Math.max(1, counter.linePos(offset).line)
  const problems = document.errors.map(({ code, message, pos: [offset] }): Problem => {
    const place = { file, line: lineAt(offset) }
    if (code === 'DUPLICATE_KEY') {
      return { ...place, message: 'A key stands twice in one mapping.', value: keyAt(text, offset) }
    }
    if (code !== 'MULTIPLE_DOCS') return { ...place, message: `This is not YAML: ${message}.` }
    const hint = 'Put what follows the line --- into a file of its own.'
    return { ...place, message: 'A second YAML document begins here, and a file can hold only one.', hint }
  })
  visit(document, {
    Scalar(key, { value, range }) {
      if (key !== 'key' || value !== '__proto__') return
      problems.push({ file, line: lineAt(range?.[0] ?? 0), message: '__proto__ cannot be a key.' })
    },
  })
  let value: unknown
  try {
    value = problems.length > 0 ? undefined : document.toJS()
    JSON.stringify(value)
  } catch (error) {
    // The reader stops at aliases that multiply without end, the writer at one that holds itself.
    const why = error instanceof TypeError ? 'an alias stands within what it stands for' : (error as Error).message
    problems.push({ file, message: `The file cannot be read: ${why}.` })
  }
  return { value, problems, lineOf: (path) => lineAt(offsetOf(document.contents, path)) }
}

/** An object that refuses unknown keys, naming the one that was probably meant. */
export function strictObject<Shape extends z.ZodRawShape>(shape: Shape) {
  const keys = Object.keys(shape)
  const unknown = z.custom(() => false, {
    error: ({ path }) => `is not known here.${didYouMean(String(path?.at(-1)), keys)}`,
    params: { known: keys },
  })
  // The catch-all only refuses, so the output has exactly the keys of the shape.
  const error = ({ input }: { input?: unknown }) =>
    input === undefined ? 'is missing.' : 'must be a mapping of keys to values.'
  return z.object(shape, { error }).catchall(unknown) as unknown as z.ZodObject<Shape, z.core.$strict>
}

/** The problems that a schema found in a document, by line, each with path and value. */
export function schemaProblems(file: string, document: YamlDocument, error: z.ZodError): Problem[] {
  const problems = error.issues.map((issue) => {
    const path = writtenPath(document.value, issue.path)
    const name = path.map(String).join('.')
    const value = valueAt(document.value, path)
    return {
      file,
      line: document.lineOf(path),
      message: `${path.length === 0 ? 'The file' : name || 'An empty key'} ${issue.message}`,
      ...(value !== undefined && { value }),
      ...knownHint(issue),
    }
  })
  return problems.sort((one, other) => one.line - other.line)
}

const quiet = { logLevel: 'error', resolveKnownTags: false } as const

/** The key that stands at an offset, without quotes. */
function keyAt(text: string, offset: number): string {
  const [, quoted, plain] = /^(?:["']([^"']*)|([^:\n]*))/.exec(text.slice(offset)) ?? []
  return quoted ?? plain ?? ''
}

function offsetOf(contents: unknown, path: Path): number {
  let node = contents as Node | null
  let offset = node?.range?.[0] ?? 0
  for (const key of path) {
    if (isMap(node)) {
      const pair = node.items.find((item) => String(item.key) === String(key))
      if (!pair) return offset
      offset = (pair.key as Node).range?.[0] ?? offset
      node = pair.value as Node | null
    } else if (isSeq(node) && node.items[Number(key)]) {
      node = node.items[Number(key)] as Node
      offset = node.range?.[0] ?? offset
    } else return offset
  }
  return offset
}

/** What an unknown key could have been, when none is like it. */
function knownHint(issue: z.core.$ZodIssue): { hint?: string } {
  const known = issue.code === 'custom' && !issue.message.includes('Did you mean') && issue.params?.['known']
  return Array.isArray(known) ? { hint: `Known here: ${known.join(', ')}.` } : {}
}

/** Where a schema takes one thing for a list of one, its paths have an index that nobody wrote. */
function writtenPath(value: unknown, path: Path): Path {
  return path.filter((key, index) => typeof key !== 'number' || Array.isArray(valueAt(value, path.slice(0, index))))
}

function valueAt(value: unknown, path: Path): unknown {
  return path.reduce<unknown>((at, key) => (at as Record<PropertyKey, unknown> | null | undefined)?.[key], value)
}
