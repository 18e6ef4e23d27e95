import { PromptRunnerError } from '../../errors.ts'
import type { HistoryEntry } from '../clients.ts'
import { isFailure } from './history.ts'

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
