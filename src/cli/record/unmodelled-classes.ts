import { type Graph, isLink } from '../../domain/graph.ts'
import { computeBehaviours } from '../../simulators/comfyui/behaviours/compute-all.ts'

/** The classes of a node and of all that it depends on whose pictures the simulator only makes up. */
export function unmodelledClasses(graph: Graph, nodeId: string): string[] {
  const seen = new Set<string>()
  const visit = (id: string): void => {
    const node = graph[id]
    if (!node || seen.has(id)) return
    seen.add(id)
    for (const input of Object.values(node.inputs)) if (isLink(input)) visit(input[0])
  }
  visit(nodeId)
  const classes = new Set(Array.from(seen, (id) => graph[id]!.class_type))
  return [...classes].filter((name) => !computeBehaviours.has(name)).toSorted()
}
