import { forwardOf, forwardsOf, type PassSize } from './forward.ts'
import { usesVace } from './uses-vace.ts'

/** A workflow as it was sent; of what its inputs may hold only words and numbers matter. */
export type SizedGraph = Readonly<
  Record<string, { readonly class_type?: string | undefined; readonly inputs: Readonly<Record<string, unknown>> }>
>

/** The size of a pass by the first node of its graph that names the size of a film; null where none does. */
export function passSizeIn(graph: SizedGraph): PassSize | null {
  const vace = usesVace(graph)
  for (const { inputs } of Object.values(graph)) {
    const { width, height, length: frames } = inputs
    if (typeof width !== 'number' || typeof height !== 'number' || typeof frames !== 'number') continue
    return { width, height, frames, vace, references: vace && inputs['reference_image'] !== undefined ? 1 : 0 }
  }
  return null
}

/** Forwards that so many steps of a sampler take, by its guidance; what is no number is taken for none. */
export function forwardsIn(graph: SizedGraph, node: string, steps: number): number {
  const cfg = graph[node]?.inputs['cfg']
  return forwardsOf(steps, typeof cfg === 'number' ? cfg : 1)
}

/** What one step of a sampler computes, in TFLOP; null for other classes, and where the graph names no size of a film. */
export function stepCost(graph: SizedGraph, node: string): number | null {
  const size = isSampler(graph[node]?.class_type ?? '') ? passSizeIn(graph) : null
  if (!size) return null
  const { linear, attention } = forwardOf(size)
  return forwardsIn(graph, node, 1) * (linear + attention)
}

/** Whether nodes of a class run the model step by step. */
export function isSampler(classType: string): boolean {
  return /sampler/i.test(classType)
}
