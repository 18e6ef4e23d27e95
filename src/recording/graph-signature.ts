import { createHash } from 'node:crypto'
import { withoutRedacted } from './redacted-value.ts'

/** A graph as it was sent. */
export type SentGraph = Readonly<
  Record<string, { readonly class_type?: string | undefined; readonly inputs: Readonly<Record<string, unknown>> }>
>

/**
 * A text for each node that is the same where class, constants and all ancestors are the same: such nodes give the same.
 * Ids and the rest of the graph do not count, nor inputs that were redacted, nor whether a number is an int or a float.
 */
export function signaturesOf(graph: SentGraph): (id: string) => string {
  const known = new Map<string, string>()
  const signature = (id: string, depth = 0): string => {
    const found = known.get(id)
    if (found !== undefined) return found
    // Nothing runs that is as deep.
    if (depth > MAX_DEPTH) return 'deep'
    // What a circle leads back to.
    known.set(id, 'circle')
    const { class_type: classType = '', inputs = {} } = graph[id] ?? {}
    const parts = Object.entries(withoutRedacted(inputs))
      .toSorted(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, value]) => {
        const link = linkIn(value)
        return [name, link ? { from: signature(link[0], depth + 1), slot: link[1] } : value]
      })
    const text = createHash('sha256')
      .update(canonical([classType, parts]))
      .digest('hex')
      .slice(0, 24)
    known.set(id, text)
    return text
  }
  return (id) => signature(id)
}

/** The server refuses deeper chains of nodes. */
const MAX_DEPTH = 1000

/** `[node, slot]` where a value is a link. */
export function linkIn(value: unknown): [node: string, slot: number] | null {
  if (!Array.isArray(value) || value.length !== 2) return null
  const [node, slot] = value as unknown[]
  return typeof node === 'string' && typeof slot === 'number' ? [node, slot] : null
}

/** The server unwraps arrays that are no links. */
function canonical(value: unknown): string {
  return JSON.stringify(value, (_, each: unknown) =>
    typeof each === 'object' && each !== null && '__value__' in each ? each.__value__ : each,
  )
}
