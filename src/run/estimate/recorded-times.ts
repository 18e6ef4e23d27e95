import { forwardOf } from '../../domain/estimate/forward.ts'
import type { TimedForwards } from '../../domain/estimate/rates.ts'
import { forwardsIn, isSampler, passSizeIn } from '../../domain/estimate/step-cost.ts'
import { runsOf } from '../../recording/comfyui-runs.ts'
import type { LoadedEntry } from '../../recording/loaded-entry.ts'

/** The steps of samplers that a recording shows, without the first one of each: models are loaded in it. */
export function recordedTimes(entries: readonly LoadedEntry[]): TimedForwards[] {
  return runsOf(entries).flatMap(({ graph, node, classType, stepMs }) => {
    const size = isSampler(classType) ? passSizeIn(graph) : null
    const steps = stepMs.slice(1)
    const ms = steps.reduce((sum, step) => sum + step, 0)
    if (!size || ms <= 0) return []
    return [{ forward: forwardOf(size), forwards: forwardsIn(graph, node, steps.length), seconds: ms / 1_000 }]
  })
}
