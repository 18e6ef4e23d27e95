import * as z from 'zod'
import { didYouMean } from '../domain/wording.ts'
import type { Problem } from '../errors.ts'

export type Path = readonly PropertyKey[]

/** A YAML text that was read, with the line of everything in it. */
export interface YamlDocument {
  readonly value: unknown
  /** Faults of the YAML itself; with any of them `value` is undefined. */
  readonly problems: readonly Problem[]
  /** Line (from 1) of what stands at a path, or of the nearest thing above it. */
  readonly lineOf: (path: Path) => number
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
