import { type Graph, type GraphNode, isLink } from '../domain/graph.ts'

/**
 * What is sent to make something: a workflow, or a file. In a planned one, `{{…}}` stands for what only the run will
 * tell, and agrees with any text.
 */
export type Sent =
  | { readonly kind: 'workflow'; readonly name: string; readonly graph: Graph }
  /** `bytes` of the file when planned (null: the run makes it), of the whole body when recorded. */
  | { readonly kind: 'upload'; readonly name: string; readonly bytes: Uint8Array | null }

/**
 * Which recorded exchanges a new recording would change, a line each: `=` unchanged, `~` changed and in what, `+` new, `-` gone.
 * Equal ones belong together first, then uploads of one name and workflows that have the most nodes in common.
 */
export function exchangeChanges(planned: readonly Sent[], recorded: readonly Sent[]): string[] {
  const left = new Set(recorded)
  const take = (found: Sent | undefined) => {
    if (found) left.delete(found)
    return found
  }
  const equal = planned.map((each) => take([...left].find((other) => isLike(each, other) && isSame(each, other))))
  const lines = planned.map((each, index) => {
    if (equal[index]) return `= ${each.name}: unchanged`
    const [closest] = [...left]
      .filter((other) => isLike(each, other))
      .toSorted((a, b) => shared(each, b) - shared(each, a))
    return take(closest) && closest ? `~ ${each.name}: ${differences(each, closest).join('; ')}` : `+ ${each.name}: new`
  })
  return [...lines, ...Array.from(left, ({ name }) => `- ${name}: gone`)]
}

function isSame(planned: Sent, recorded: Sent): boolean {
  return differences(planned, recorded).length === 0
}

function isLike(planned: Sent, recorded: Sent): boolean {
  if (planned.kind === 'upload') return recorded.kind === 'upload' && agrees(planned.name, recorded.name)
  return shared(planned, recorded) > 0
}

/** Nodes that both have under the same id with the same class. */
function shared(one: Sent, other: Sent): number {
  if (one.kind === 'upload' || other.kind === 'upload') return 0
  return Object.entries(one.graph).filter(([id, node]) => other.graph[id]?.class_type === node.class_type).length
}

function differences(planned: Sent, recorded: Sent): string[] {
  if (planned.kind === 'upload' || recorded.kind === 'upload') {
    const [file, body] = [planned, recorded].map((each) => (each.kind === 'upload' ? each.bytes : null))
    return !file || !body || Buffer.from(body).includes(Buffer.from(file)) ? [] : ['other bytes']
  }
  const ids = new Set([...Object.keys(recorded.graph), ...Object.keys(planned.graph)])
  return [...ids].flatMap((id) => nodeDifferences(id, recorded.graph[id], planned.graph[id]))
}

function nodeDifferences(id: string, old: GraphNode | undefined, now: GraphNode | undefined): string[] {
  if (!old || !now) return [`node ${id} (${(now ?? old)?.class_type}) is ${old ? 'gone' : 'new'}`]
  const node = `node ${id} (${old.class_type === now.class_type ? now.class_type : `${old.class_type} → ${now.class_type}`})`
  const names = new Set([...Object.keys(old.inputs), ...Object.keys(now.inputs)])
  const inputs = [...names].flatMap((name) => {
    const [before, after] = [old.inputs[name], now.inputs[name]]
    return agrees(after, before) ? [] : [`${node}, ${name}: ${valueText(before)} → ${valueText(after)}`]
  })
  return inputs.length === 0 && old.class_type !== now.class_type ? [node] : inputs
}

function agrees(planned: unknown, recorded: unknown): boolean {
  if (typeof planned !== 'string' || typeof recorded !== 'string')
    return JSON.stringify(planned) === JSON.stringify(recorded)
  const pieces = planned.split(/\{\{[^}]*\}\}/).map((piece) => piece.replaceAll(/[\\^$.*+?()[\]{}|]/g, '\\$&'))
  return new RegExp(`^${pieces.join('.+')}$`, 's').test(recorded)
}

function valueText(value: unknown): string {
  if (value === undefined) return 'nothing'
  return isLink(value) ? `output ${value[1]} of node ${value[0]}` : JSON.stringify(value)
}
