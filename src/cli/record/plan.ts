import { existsSync } from 'node:fs'
import type { SystemStats } from '../../clients/clients.ts'
import { type ComfyuiKnowledge, comfyuiKnowledge } from '../../recording/comfyui-knowledge.ts'
import { loadRecording } from '../../recording/load-recording.ts'
import { classesOf, type Step } from './steps.ts'

export interface RecordingPlan {
  readonly lines: readonly string[]
  readonly facts: Readonly<Record<string, unknown>>
}

/** What a recording would do: where, with what, which recorded exchanges change, and how long the device is busy. */
export async function recordingPlan(options: {
  name: string
  target: string
  steps: readonly Step[]
  stats: SystemStats
  paid: boolean
  url: URL
}): Promise<RecordingPlan> {
  const { name, target, steps, stats, paid, url } = options
  const old = existsSync(target) ? comfyuiKnowledge((await loadRecording(target)).entries) : null
  const minutes = old && minutesOf(steps, old)
  const device = stats.devices.map((each) => each.name).join(', ')
  const work = steps.length === 0 ? 'free questions only' : steps.map((step) => step.name).join('; ')
  const time =
    minutes === null || minutes === undefined
      ? 'never recorded, so nobody knows for how long'
      : `about ${minutes.toFixed(1)} minutes of work by the last recording`
  return {
    lines: [
      `Record ${name} from ${url.href}: ComfyUI ${stats.comfyuiVersion}, ${device}`,
      `  ${work}`,
      `  classes: ${classesOf(steps).join(', ') || 'none'}`,
      `  ${old ? `all exchanges of ${target} are replaced when any changed` : `${target} is new`}`,
      `  ${time}${paid ? '; this costs money' : ''}`,
    ],
    facts: { name, target, steps: steps.map((step) => step.name), minutes, paid, replaces: old !== null },
  }
}

/** null when a class was never seen running. */
function minutesOf(steps: readonly Step[], { classes }: ComfyuiKnowledge): number | null {
  const nodes = steps.flatMap((step) => (step.kind === 'workflow' ? Object.values(step.graph) : []))
  const known = nodes.flatMap(({ class_type }) => classes.get(class_type) ?? [])
  if (known.length === 0) return null
  return known.reduce((sum, { ms, stepMs }) => sum + ms + (stepMs ?? 0), 0) / 60_000
}
