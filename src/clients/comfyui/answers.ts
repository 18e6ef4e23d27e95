import * as z from 'zod'
import type { OutputFile } from '../../domain/run-event.ts'
import type { QueueState, Submission, SystemStats } from '../clients.ts'

/** `GET /queue`. The pending list is a heap and comes unsorted; it runs in the order of (number, prompt id). */
export function queueState(answer: unknown): QueueState {
  const { queue_running, queue_pending } = Queue.parse(answer)
  const order = (items: z.infer<typeof Item>[]) =>
    items.toSorted((a, b) => a[0] - b[0] || (a[1] < b[1] ? -1 : 1)).map(([, promptId]) => promptId)
  return { running: order(queue_running), pending: order(queue_pending) }
}

/** `GET /prompt` */
export function remaining(answer: unknown): number {
  return Remaining.parse(answer).exec_info.queue_remaining
}

/** `GET /system_stats` */
export function systemStats(answer: unknown): SystemStats {
  const { system, devices } = Stats.parse(answer)
  return {
    comfyuiVersion: system.comfyui_version,
    ramTotal: system.ram_total,
    devices: devices.map(({ name, type, vram_total }) => ({ name, type, vramTotal: vram_total })),
  }
}

/** `POST /upload/image`. The name is the server's: it may differ from the one that was sent. */
export function uploadedFile(answer: unknown): OutputFile {
  const { name, subfolder, type } = Uploaded.parse(answer)
  return { filename: name, subfolder, type }
}

/** `POST /prompt` with status 200; null for any other answer. */
export function accepted(answer: unknown): (Submission & { nodeErrors: unknown }) | null {
  const { success, data } = Accepted.safeParse(answer)
  return success ? { promptId: data.prompt_id, nodeErrors: data.node_errors } : null
}

/** `GET /models`, `GET /models/{folder}` */
export function names(answer: unknown): string[] {
  return Names.parse(answer)
}

/** `GET /features` */
export function features(answer: unknown): Record<string, unknown> {
  return Features.parse(answer)
}

const Names = z.array(z.string())
const Features = z.record(z.string(), z.unknown())
const Accepted = z.object({ prompt_id: z.string().min(1).max(1_000), number: z.number(), node_errors: z.unknown() })
const Item = z.tuple([z.number(), z.string()], z.unknown())
const Queue = z.object({ queue_running: z.array(Item), queue_pending: z.array(Item) })
const Remaining = z.object({ exec_info: z.object({ queue_remaining: z.number() }) })
const Uploaded = z.object({
  name: z.string(),
  subfolder: z.string().default(''),
  type: z.enum(['output', 'input', 'temp']).default('input'),
})
const Stats = z.object({
  system: z.object({
    comfyui_version: z.string().default('unknown'),
    ram_total: z.number().default(0),
  }),
  devices: z.array(z.object({ name: z.string(), type: z.string(), vram_total: z.number().default(0) })).default([]),
})

/**
 * JSON as Python writes it: `NaN`, `Infinity` and `-Infinity` may stand bare and become null. Only text that is no JSON is
 * looked at twice. Integers above 2^53 lose their last digits, as with JSON.parse.
 */
export function parsePythonJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    const repaired = text.replace(STRING_OR_CONSTANT, (token) => (token.startsWith('"') ? token : 'null'))
    if (repaired === text) throw error
    return JSON.parse(repaired)
  }
}

/** A string that does not end is one, too, or each of its quotes would be taken for the beginning of another. */
const STRING_OR_CONSTANT = /"[^"\\]*(?:\\[\s\S][^"\\]*)*"?|-?\bInfinity\b|\bNaN\b/g
