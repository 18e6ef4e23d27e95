import { forwardOf, forwardsOf } from '../../domain/estimate/forward.ts'
import type { TimedForwards } from '../../domain/estimate/rates.ts'
import { usesVace } from '../../domain/estimate/uses-vace.ts'
import type { Graph } from '../../domain/graph.ts'
import { type NodeRun, runsOf } from '../../recording/comfyui-runs.ts'
import type { LoadedEntry } from '../../recording/loaded-entry.ts'

/** The steps of samplers that a recording shows, without the first one of each: models are loaded in it. */
export function recordedTimes(entries: readonly LoadedEntry[]): TimedForwards[] {
  return runsOf(entries).flatMap(({ graph, node, classType, stepMs }) => {
    const size = /sampler/i.test(classType) && sizeIn(graph)
    const steps = stepMs.slice(1)
    const ms = steps.reduce((sum, step) => sum + step, 0)
    if (!size || ms <= 0) return []
    const cfg = graph[node]?.inputs['cfg']
    const forwards = forwardsOf(steps.length, typeof cfg === 'number' ? cfg : 1)
    return [{ forward: forwardOf(size), forwards, seconds: ms / 1_000 }]
  })
}

/** Of the graph's first node that names a size of a film. */
function sizeIn(graph: NodeRun['graph']) {
  const vace = usesVace(graph as Graph)
  for (const { inputs } of Object.values(graph)) {
    const { width, height, length: frames } = inputs
    if (typeof width !== 'number' || typeof height !== 'number' || typeof frames !== 'number') continue
    return { width, height, frames, vace, references: vace && inputs['reference_image'] !== undefined ? 1 : 0 }
  }
  return null
}
