import { isLink } from '../domain/graph.ts'
import { serverDifferences } from '../recording/drift.ts'
import type { EstimateFacts, JobFacts, NodeFacts, RunFacts, UploadFacts } from './run-facts.ts'

/** How B differs from A; the object of `--json`. */
export interface RunDiff {
  readonly equal: boolean
  readonly jobs: Sides & { readonly changed: readonly DiffedJob[] }
  readonly uploads: Sides & {
    readonly changed: ReadonlyArray<{
      readonly url: string
      readonly before: UploadFacts['content']
      readonly after: UploadFacts['content']
    }>
  }
  /** How the servers differ, their node classes and their models; null where they are not compared. */
  readonly server: readonly string[] | null
  /** null when both say the same, or one says nothing. */
  readonly estimate: { readonly before: EstimateFacts; readonly after: EstimateFacts } | null
}

interface Sides {
  readonly compared: number
  /** Only in B. */
  readonly added: readonly string[]
  /** Only in A. */
  readonly gone: readonly string[]
}

/** Compares two runs. Jobs are the same by video, type and number, nodes by their ids, uploads by their addresses. */
export function diffRuns(a: RunFacts, b: RunFacts, roleOf: RoleOf): RunDiff {
  const jobs = pairs(a.jobs, b.jobs, ({ name }) => name)
  const uploads = pairs(a.uploads, b.uploads, ({ url }) => url)
  const changedJobs = jobs.both.map(([before, after]) => diffJob(before, after, roleOf)).filter((job) => job !== null)
  const changedUploads = uploads.both
    .filter(([before, after]) => !isSame(before.content, after.content))
    .map(([before, after]) => ({ url: after.url, before: before.content, after: after.content }))
  const estimate =
    a.estimate && b.estimate && !isSame(a.estimate, b.estimate) ? { before: a.estimate, after: b.estimate } : null
  const server = a.server && b.server ? serverDifferences(a.server, b.server) : null
  const lists = [server ?? [], jobs.added, jobs.gone, uploads.added, uploads.gone, changedJobs, changedUploads]
  return {
    equal: estimate === null && lists.every((list) => list.length === 0),
    jobs: { compared: jobs.both.length, added: jobs.added, gone: jobs.gone, changed: changedJobs },
    uploads: { compared: uploads.both.length, added: uploads.added, gone: uploads.gone, changed: changedUploads },
    server,
    estimate,
  }
}

function pairs<T>(a: readonly T[], b: readonly T[], keyOf: (item: T) => string) {
  const before = new Map(a.map((item) => [keyOf(item), item]))
  const after = new Map(b.map((item) => [keyOf(item), item]))
  return {
    both: [...before].flatMap(([key, item]): [T, T][] => (after.has(key) ? [[item, after.get(key)!]] : [])),
    added: [...after.keys()].filter((key) => !before.has(key)),
    gone: [...before.keys()].filter((key) => !after.has(key)),
  }
}

/** Both are made by the same code, with keys in the same order. */
function isSame(a: object, b: object): boolean {
  return JSON.stringify(a) === JSON.stringify(b)
}

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
