import { isMap, isSeq, LineCounter, type Node, parseDocument } from 'yaml'
import { z } from 'zod'
import { didYouMean } from '../domain/nearest.ts'
import type { Problem } from '../errors.ts'

type Path = readonly PropertyKey[]

/** A YAML text that was read, with the line of everything in it. */
export interface YamlDocument {
  readonly value: unknown
  /** Faults of the YAML itself; with any of them `value` is undefined. */
  readonly problems: readonly Problem[]
  /** Line (from 1) of what stands at a path, or of the nearest thing above it. */
  readonly lineOf: (path: Path) => number
}

export function readYaml(file: string, text: string): YamlDocument {
  const counter = new LineCounter()
  const document = parseDocument(text, { lineCounter: counter, prettyErrors: false })
  const lineAt = (offset: number) => Math.max(1, counter.linePos(offset).line)
  const problems = document.errors.map((error) => ({
    file,
    line: lineAt(error.pos[0]),
    message: `This is not YAML: ${error.message}`,
  }))
  return {
    value: problems.length > 0 ? undefined : document.toJS(),
    problems,
    lineOf: (path) => lineAt(offsetOf(document.contents, path)),
  }
}

/** An object that refuses unknown keys, naming the one that was probably meant. */
export function strictObject<Shape extends z.ZodRawShape>(shape: Shape) {
  const keys = Object.keys(shape)
  const unknown = z.custom(() => false, {
    error: ({ path }) => `is not known here.${didYouMean(String(path?.at(-1)), keys)}`,
  })
  // The catch-all only refuses, so the output has exactly the keys of the shape.
  const error = ({ input }: { input?: unknown }) =>
    input === undefined ? 'is missing.' : 'must be a mapping of keys to values.'
  return z.object(shape, { error }).catchall(unknown) as unknown as z.ZodObject<Shape, z.core.$strict>
}

/** The problems that a schema found in a document: each with line, path and value. */
export function schemaProblems(file: string, document: YamlDocument, error: z.ZodError): Problem[] {
  return error.issues.map((issue) => {
    const name = issue.path.map(String).join('.')
    const value = valueAt(document.value, issue.path)
    return {
      file,
      line: document.lineOf(issue.path),
      message: name === '' ? `The file ${issue.message}` : `${name} ${issue.message}`,
      ...(value !== undefined && { value }),
    }
  })
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

function valueAt(value: unknown, path: Path): unknown {
  return path.reduce<unknown>((at, key) => (at as Record<PropertyKey, unknown> | null | undefined)?.[key], value)
}
