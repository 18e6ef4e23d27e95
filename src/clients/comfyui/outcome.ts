import * as z from 'zod'
import type { OutputFile } from '../../domain/run-event.ts'
import { PromptRunnerError } from '../../errors.ts'
import type { HistoryEntry } from '../clients.ts'

/**
 * The entry of `promptId` in an answer of `GET /history/{id}`; null when there is none yet (the answer is then `{}`). Throws for an
 * answer that says nothing of the prompt's end: no failure may be read out of what is only odd.
 */
export function historyEntry(promptId: string, answer: unknown): HistoryEntry | null {
  const found = Fields.parse(answer)[promptId]
  if (found === undefined) return null
  const raw = Entry.parse(found)
  const messages = (raw.status?.messages ?? []).flatMap(messageOf)
  const outputs = Object.fromEntries(Object.entries(raw.outputs ?? {}).flatMap(outputOf))
  return {
    promptId,
    status: messages.some(isFailure) ? 'error' : statusOf(raw.status),
    files: Object.fromEntries(Object.entries(outputs).map(([node, output]) => [node, filesOf(output)])),
    outputs,
    messages,
  }
}

function statusOf(status: z.infer<typeof Entry>['status']): HistoryEntry['status'] {
  const { status_str: word, completed } = status ?? {}
  if (word === 'success' || word === 'error') return word
  if (typeof completed === 'boolean') return completed ? 'success' : 'error'
  return 'unsaid'
}

/** Some servers put more than two things into a message; the first two are what is known. */
function messageOf(message: unknown): HistoryEntry['messages'] {
  const [kind, data] = Array.isArray(message) ? message : []
  const fields = Fields.safeParse(data ?? {})
  return typeof kind === 'string' && fields.success ? [[kind, fields.data]] : []
}

function outputOf([node, output]: [string, unknown]): Array<[string, Record<string, unknown>]> {
  const fields = Fields.safeParse(output)
  return fields.success ? [[node, fields.data]] : []
}

/** The failure that a history entry tells of; null when the prompt succeeded. */
export function failure(entry: HistoryEntry): PromptRunnerError | null {
  if (entry.status !== 'error') return null
  const [kind, data] = entry.messages.findLast(isFailure) ?? ['', {}]
  const where = placeOf(data)
  if (kind === 'execution_interrupted') {
    return new PromptRunnerError('PR_COMFY_INTERRUPTED', `prompt ${entry.promptId} was interrupted at ${where}`, {
      hint: 'somebody has interrupted it on the server, so the run stops; when it is resumed it sends the job again',
      stopsRun: true,
    })
  }
  if (kind === '') {
    return new PromptRunnerError('PR_COMFY_FAILED', `prompt ${entry.promptId} failed; its history names no cause`, {
      hint: 'look into the log of ComfyUI',
    })
  }
  // The message always ends in a newline, and after running out of memory in a paragraph of advice.
  const said = String(data['exception_message'] ?? 'it gives no reason').trim()
  const type = String(data['exception_type'] ?? 'an error without a type')
  return new PromptRunnerError('PR_COMFY_FAILED', `prompt ${entry.promptId} failed at ${where}: ${type}: ${said}`, {
    hint:
      hints.find(([failed]) => failed.test(`${type}: ${said}`))?.[1] ?? 'a live ComfyUI has the whole trace in its log',
  })
}

/** Neither need be told: an interrupt between two nodes has none. */
function placeOf({ node_id: node, node_type: type }: Record<string, unknown>): string {
  const name = node == null ? 'a node that it does not name' : `node ${node}`
  return type == null ? name : `${name} (${type})`
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
export function filesOf(output: Record<string, unknown>): OutputFile[] {
  return Object.values(output)
    .flatMap((value) => (Array.isArray(value) ? value : []))
    .flatMap((item) => {
      const file = File.safeParse(item)
      return file.success ? [file.data] : []
    })
}

/** By the type of the exception and what it says. */
const hints: ReadonlyArray<readonly [type: RegExp, hint: string]> = [
  [
    /^[\w.]*OutOfMemory/,
    'the server ran out of memory: use fewer frames per chunk or a smaller size, or free its memory and try again',
  ],
  // Python's words for ENOSPC, and PyAV's.
  [
    /No space left on device|Errno 28/,
    'the disk of the server is full: delete files from its output and temp folders or give it a larger volume, then go on with the run',
  ],
  // Pillow's of an image, PyAV's of a video.
  [
    /^[\w.]*(?:UnidentifiedImageError|InvalidDataError)/,
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
  outputs: z.record(z.string(), z.unknown()).nullish(),
  status: z
    .object({ status_str: z.unknown(), completed: z.unknown(), messages: z.array(z.unknown()).nullish() })
    .partial()
    .nullish(),
})
