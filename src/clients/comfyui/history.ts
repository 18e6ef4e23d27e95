import * as z from 'zod'
import type { OutputFile } from '../../domain/run-event.ts'
import type { HistoryEntry } from '../clients.ts'

/** The entry of `promptId` in an answer of `GET /history/{id}`; null when there is none yet (the answer is then `{}`). */
export function historyEntry(promptId: string, answer: unknown): HistoryEntry | null {
  const raw = History.parse(answer)[promptId]
  if (raw === undefined) return null
  const messages = raw.status?.messages ?? []
  const failed = raw.status?.status_str === 'error' || messages.some(isFailure)
  return {
    promptId,
    status: failed ? 'error' : 'success',
    files: Object.fromEntries(Object.entries(raw.outputs).map(([node, output]) => [node, filesOf(output)])),
    outputs: raw.outputs,
    messages,
  }
}

/** Whether a history message tells of failure. A dynamic cycle is reported under `"success"`; a blocked branch is no failure. */
export function isFailure([kind, data]: HistoryEntry['messages'][number]): boolean {
  if (kind === 'execution_interrupted') return true
  return kind === 'execution_error' && data['exception_type'] !== 'ExecutionBlocked'
}

/** Save nodes report under `images`, `gifs`, `latents`, `audio` and what custom nodes think of: every list of files counts. */
function filesOf(output: Record<string, unknown>): OutputFile[] {
  return Object.values(output)
    .flatMap((value) => (Array.isArray(value) ? value : []))
    .flatMap((item) => {
      const file = File.safeParse(item)
      return file.success ? [file.data] : []
    })
}

const Fields = z.record(z.string(), z.unknown())

const File = z.object({
  filename: z.string(),
  subfolder: z.string().default(''),
  type: z.enum(['output', 'input', 'temp']).default('output'),
})

const Entry = z.object({
  outputs: z.record(z.string(), Fields).default({}),
  status: z.object({ status_str: z.string(), messages: z.array(z.tuple([z.string(), Fields])).default([]) }).nullish(),
})

const History = z.record(z.string(), Entry)
