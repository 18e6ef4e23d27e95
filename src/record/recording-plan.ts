import { existsSync } from 'node:fs'
import type { SystemStats } from '../clients/clients.ts'
import type { Graph } from '../domain/graph.ts'
import { type ComfyuiKnowledge, comfyuiKnowledge } from '../recording/comfyui-knowledge.ts'
import { rawMembers } from '../recording/exact-json.ts'
import { loadRecording } from '../recording/load-recording.ts'
import type { LoadedEntry } from '../recording/loaded-entry.ts'
import type { Sent } from './exchange-changes.ts'
import { exchangeChanges } from './exchange-changes.ts'
import { classesIn, graphsIn, type Work } from './work.ts'

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
  const old = existsSync(target) ? (await loadRecording(target)).entries : null
  const minutes = old && minutesOf(work, comfyuiKnowledge(old))
  const changes = exchangeChanges(work.sends, recordedSends(old ?? []))
  const device = stats.devices.map((each) => each.name).join(', ')
  const done = work.names.length === 0 ? 'free questions only' : work.names.join('; ')
  const time =
    minutes === null
      ? 'never recorded, so nobody knows for how long'
      : `${minutes < 1 ? 'less than a minute' : `about ${minutes.toFixed(1)} minutes`} of work by the last recording`
  return {
    lines: [
      `Record ${name} from ${url.href}: ComfyUI ${stats.comfyuiVersion}, ${device}`,
      `  ${done}`,
      `  classes: ${classesIn(work).join(', ') || 'none'}`,
      ...(old
        ? [`  all exchanges of ${target} are replaced when any changed:`, ...changes.map((line) => `    ${line}`)]
        : [`  ${target} is new`]),
      `  ${time}${paid ? '; this costs money' : ''}`,
    ],
    facts: { name, target, steps: work.names, changes, minutes, paid, replaces: old !== null },
  }
}

/** null when none of its classes was ever seen running. */
function minutesOf(work: Work, { classes }: ComfyuiKnowledge): number | null {
  const nodes = graphsIn(work).flatMap((graph) => Object.values(graph))
  const known = nodes.flatMap(({ class_type }) => classes.get(class_type) ?? [])
  if (known.length === 0) return null
  return known.reduce((sum, { ms, stepMs }) => sum + ms + (stepMs ?? 0), 0) / 60_000
}

/** The workflows and files that a recording has, in the order in which they were sent. */
export function recordedSends(entries: readonly LoadedEntry[]): Sent[] {
  return entries.flatMap(({ method, url: { pathname }, requestBody, responseBody }): Sent[] => {
    if (method !== 'POST') return []
    if (/\/upload\/(?:image|mask)$/.test(pathname)) {
      const { name = 'a file' } = jsonOf(responseBody) as { name?: string }
      return [{ kind: 'upload', name, bytes: requestBody() }]
    }
    if (!pathname.endsWith('/prompt')) return []
    const { prompt: graph = {} } = jsonOf(requestBody) as { prompt?: Graph }
    const classes = [...new Set(Object.values(graph).map((node) => node.class_type))].toSorted()
    return [{ kind: 'workflow', name: `a workflow of ${classes.join(', ')}`, graph }]
  })
}

/** `{}` for what is no JSON object, such as a refusal in words. */
function jsonOf(body: () => Uint8Array): Record<string, unknown> {
  const text = Buffer.from(body()).toString()
  return rawMembers(text) === null ? {} : JSON.parse(text)
}
