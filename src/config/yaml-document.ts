import { isMap, isScalar, isSeq, LineCounter, type Node, type Pair, parseDocument, visit, type YAMLMap } from 'yaml'
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

/**
 * Reads one YAML document. Faults become `problems`; it never throws. A key of its top level may be spelt in camel, snake or kebab case
 * where it is one of `keys`.
 */
export function readYaml(file: string, text: string, keys: readonly string[] = []): YamlDocument {
  const counter = new LineCounter()
  // Its warnings would go to stderr by themselves; types that JSON has not, as !!binary, stay text.
  const document = parseDocument(text, { ...quiet, lineCounter: counter, prettyErrors: false, uniqueKeys: false })
  const lineAt = (offset: number) => Math.max(1, counter.linePos(offset).line)
  const problems = document.errors.map(({ code, message, pos: [offset] }): Problem => {
    const place = { file, line: lineAt(offset) }
    if (code !== 'MULTIPLE_DOCS') return { ...place, message: `This is not YAML: ${message}.` }
    const hint = 'Put what follows the line --- into a file of its own.'
    return { ...place, message: 'A second YAML document begins here, and a file can hold only one.', hint }
  })
  spellAs(keys, document.contents)
  visit(document, {
    // The reader's own look for them compares each key with all others: minutes for a file of 100,000.
    Map(_, { items }) {
      const seen = new Set<unknown>()
      for (const { key } of items) {
        if (!isScalar(key)) continue
        const offset = key.range?.[0] ?? 0
        const message = 'A key stands twice in one mapping.'
        if (seen.has(key.value)) problems.push({ file, line: lineAt(offset), message, value: keyAt(text, offset) })
        seen.add(key.value)
      }
    },
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

function spellAs(keys: readonly string[], contents: unknown): void {
  const plain = (key: string) => key.replaceAll(/[-_]/g, '').toLowerCase()
  const known = new Map(keys.map((key) => [plain(key), key]))
  for (const { key } of isMap(contents) ? contents.items : []) {
    if (isScalar(key) && typeof key.value === 'string') key.value = known.get(plain(key.value)) ?? key.value
  }
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
  const problems = error.issues.slice(0, MOST).map((issue): Problem => {
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
  problems.sort((one, other) => one.line! - other.line!)
  const more = error.issues.length - MOST
  return more > 0 ? [...problems, { file, message: `The file has ${more} more problems.` }] : problems
}

/** Nobody reads more, and each is searched for what could have been meant. */
const MOST = 200

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
      const pair = pairsOf(node).get(String(key))
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

/** The first pair of each key; looked for once a mapping, for it may have as many problems as keys. */
function pairsOf(map: YAMLMap): ReadonlyMap<string, Pair> {
  const known = pairs.get(map) ?? new Map(map.items.toReversed().map((pair) => [String(pair.key), pair]))
  pairs.set(map, known)
  return known
}

const pairs = new WeakMap<YAMLMap, ReadonlyMap<string, Pair>>()

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
