import { existsSync } from 'node:fs'
import type { SystemStats } from '../../clients/clients.ts'
import { type ComfyuiKnowledge, comfyuiKnowledge } from '../../recording/comfyui-knowledge.ts'
import { loadRecording } from '../../recording/load-recording.ts'
import { classesIn, type Work } from './work.ts'

export interface RecordingPlan {
  readonly lines: readonly string[]
  readonly facts: Readonly<Record<string, unknown>>
}

/** What a recording would do: where, with what, which recorded exchanges change, and how long the device is busy. */
export async function recordingPlan(options: {
  name: string
  target: string
  work: Work
  stats: SystemStats
  paid: boolean
  url: URL
}): Promise<RecordingPlan> {
  const { name, target, work, stats, paid, url } = options
  const old = existsSync(target) ? comfyuiKnowledge((await loadRecording(target)).entries) : null
  const minutes = old && minutesOf(work, old)
  const device = stats.devices.map((each) => each.name).join(', ')
  const done = work.names.length === 0 ? 'free questions only' : work.names.join('; ')
  const time =
    minutes === null || minutes === undefined
      ? 'never recorded, so nobody knows for how long'
      : `about ${minutes.toFixed(1)} minutes of work by the last recording`
  return {
    lines: [
      `Record ${name} from ${url.href}: ComfyUI ${stats.comfyuiVersion}, ${device}`,
      `  ${done}`,
      `  classes: ${classesIn(work).join(', ') || 'none'}`,
      `  ${old ? `all exchanges of ${target} are replaced when any changed` : `${target} is new`}`,
      `  ${time}${paid ? '; this costs money' : ''}`,
    ],
    facts: { name, target, steps: work.names, minutes, paid, replaces: old !== null },
  }
}

/** null when a class was never seen running. */
function minutesOf({ graphs }: Work, { classes }: ComfyuiKnowledge): number | null {
  const nodes = graphs.flatMap((graph) => Object.values(graph))
  const known = nodes.flatMap(({ class_type }) => classes.get(class_type) ?? [])
  if (known.length === 0) return null
  return known.reduce((sum, { ms, stepMs }) => sum + ms + (stepMs ?? 0), 0) / 60_000
}
