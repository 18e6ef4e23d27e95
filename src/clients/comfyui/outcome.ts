import * as z from 'zod'
import type { OutputFile } from '../../domain/run-event.ts'
import { PromptRunnerError } from '../../errors.ts'
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

/** The failure that a history entry tells of; null when the prompt succeeded. */
export function failure(entry: HistoryEntry): PromptRunnerError | null {
  if (entry.status === 'success') return null
  const [kind, data] = entry.messages.findLast(isFailure) ?? ['', {}]
  const where = `node ${data['node_id']} (${data['node_type']})`
  if (kind === 'execution_interrupted') {
    return new PromptRunnerError('PR_COMFY_INTERRUPTED', `prompt ${entry.promptId} was interrupted at ${where}`)
  }
  if (kind === '') {
    return new PromptRunnerError('PR_COMFY_FAILED', `prompt ${entry.promptId} failed; its history names no cause`, {
      hint: 'look into the log of ComfyUI',
    })
  }
  // The message always ends in a newline, and after running out of memory in a paragraph of advice.
  const said = String(data['exception_message']).trim()
  const type = String(data['exception_type'])
  return new PromptRunnerError('PR_COMFY_FAILED', `prompt ${entry.promptId} failed at ${where}: ${type}: ${said}`, {
    hint: hints.find(([failed]) => failed.test(type))?.[1] ?? 'a live ComfyUI has the whole trace in its log',
  })
}

/** PR_COMFY_LOST: a prompt that the server accepted and no longer knows. */
export function lost(promptId: string): PromptRunnerError {
  return new PromptRunnerError(
    'PR_COMFY_LOST',
    `prompt ${promptId} is neither in the history nor in the queue of ComfyUI`,
    {
      hint: 'the server was restarted, or somebody deleted the prompt: submit the job again',
    },
  )
}

/** Whether a history message tells of failure. A dynamic cycle is reported under `"success"`; a blocked branch is no failure. */
function isFailure([kind, data]: HistoryEntry['messages'][number]): boolean {
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

/** By the type of the exception. */
const hints: ReadonlyArray<readonly [type: RegExp, hint: string]> = [
  [
    /OutOfMemory/,
    'the server ran out of memory: use fewer frames per chunk or a smaller size, or free its memory and try again',
  ],
  // Pillow's of an image, PyAV's of a video.
  [
    /UnidentifiedImageError|InvalidDataError/,
    'it cannot read a file that it was given: look at reference_image and control_video of the prompt file',
  ],
]

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
