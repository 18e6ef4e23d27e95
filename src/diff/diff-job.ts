import { isLink } from '../domain/graph.ts'
import type { JobFacts, NodeFacts } from './run-facts.ts'

/** What a binding says an input of a node is for; null when none speaks of it. */
export type RoleOf = (node: { id: string; title: string; className: string }, input: string) => string | null

export interface DiffedJob {
  readonly job: string
  readonly nodes: { readonly added: readonly NodeName[]; readonly gone: readonly NodeName[] }
  readonly inputs: readonly DiffedInput[]
}

export interface NodeName {
  readonly id: string
  readonly title: string
  readonly class: string
}

export interface DiffedInput {
  readonly node: NodeName
  /** `class_type` when the node is of another class. */
  readonly input: string
  readonly role: string | null
  /** The value; `{ from, slot }` for a link; absent when there is no such input. Integers beyond 2^53 are text. */
  readonly before?: unknown
  readonly after?: unknown
}

/** The differences of one job's graphs; null when there are none. Titles are no difference. */
export function diffJob(before: JobFacts, after: JobFacts, roleOf: RoleOf): DiffedJob | null {
  const only = (one: JobFacts, other: JobFacts) =>
    [...one.nodes].filter(([id]) => !other.nodes.has(id)).map(([id, node]) => nameOf(id, node))
  const nodes = { added: only(after, before), gone: only(before, after) }
  const inputs = [...before.nodes].flatMap(([id, a]) => {
    const b = after.nodes.get(id)
    return b === undefined ? [] : diffNode(id, { a, b, before, after, roleOf })
  })
  if (nodes.added.length + nodes.gone.length + inputs.length === 0) return null
  return { job: after.name, nodes, inputs }
}

function diffNode(
  id: string,
  { a, b, before, after, roleOf }: { a: NodeFacts; b: NodeFacts; before: JobFacts; after: JobFacts; roleOf: RoleOf },
): DiffedInput[] {
  const node = nameOf(id, b)
  const asText = (name: string) => JSON.stringify(name)
  const sides = ({ className, inputs }: NodeFacts) => new Map([['class_type', asText(className)], ...inputs])
  const [old, now] = [sides(a), sides(b)]
  return [...new Set([...old.keys(), ...now.keys()])]
    .filter((input) => old.get(input) !== now.get(input))
    .map((input) => ({
      node,
      input,
      role: roleOf({ id, ...b }, input),
      ...(old.has(input) ? { before: shown(old.get(input)!, before) } : {}),
      ...(now.has(input) ? { after: shown(now.get(input)!, after) } : {}),
    }))
}

function nameOf(id: string, { title, className }: NodeFacts): NodeName {
  return { id, title, class: className }
}

function shown(json: string, { nodes }: JobFacts): unknown {
  const value: unknown = JSON.parse(json)
  if (typeof value === 'number' && Number.isInteger(value) && !Number.isSafeInteger(value)) return json
  if (!isLink(value)) return value
  return { from: nodes.get(value[0])?.title ?? value[0], slot: value[1] }
}
