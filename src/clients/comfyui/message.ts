import type { PromptEvent } from '../clients.ts'
import { parsePythonJson } from './answers.ts'
import { filesOf } from './outcome.ts'

/** One socket frame, understood. */
export interface SocketMessage {
  /** null: for every prompt (`queue`), or the server does not say for which. */
  readonly promptId: string | null
  readonly event: PromptEvent | null
  /**
   * `ending`: the outcome was announced, the history entry is about to be written. `ended`: the last message of a prompt,
   * sent after the history entry was written.
   */
  readonly stage: 'ending' | 'ended' | null
}

/**
 * Decodes a text or binary frame of `/ws`; null for everything that is of no use or makes no sense: unknown types and
 * binary ids must be skipped, and a broken frame must not stop a render. Never throws.
 * ComfyUI 0.3.64: execution.py, server.py (encode_bytes, send_image_with_metadata, send_progress_text), protocol.py.
 */
export function decodeMessage(frame: string | Uint8Array): SocketMessage | null {
  try {
    return typeof frame === 'string' ? decodeText(frame) : decodeBinary(frame)
  } catch {
    return null
  }
}

type Data = Record<string, unknown>

function decodeText(frame: string): SocketMessage | null {
  const { type, data } = record(parsePythonJson(frame))
  const fields = record(data)
  const promptId = string(fields['prompt_id'])
  const say = (event: PromptEvent | null): SocketMessage | null => event && { promptId, event, stage: null }
  switch (type) {
    case 'status': {
      const remaining = number(record(record(fields['status'])['exec_info'])['queue_remaining'])
      return remaining === null ? null : { promptId: null, event: { kind: 'queue', remaining }, stage: null }
    }
    case 'execution_start':
      return say({ kind: 'started' })
    case 'execution_cached':
      return say({ kind: 'cached', nodes: strings(fields['nodes']) })
    case 'executing':
      if (fields['node'] === null && promptId !== null) return { promptId, event: null, stage: 'ended' }
      return say(executing(fields))
    case 'progress':
      return say(progress(fields))
    case 'executed':
      return say(executed(fields))
    case 'execution_success':
    case 'execution_interrupted':
      return { promptId, event: null, stage: 'ending' }
    case 'execution_error':
      // A blocked branch is reported like an error, but the prompt goes on and may well succeed.
      return fields['exception_type'] === 'ExecutionBlocked' ? null : { promptId, event: null, stage: 'ending' }
    default:
      return null
  }
}

/** `display_node` is the node of the submitted graph; `node` may be one that it was expanded to at run time. */
function shownNode(fields: Data): string | null {
  return string(fields['display_node']) ?? string(fields['node'])
}

function executing(fields: Data): PromptEvent | null {
  const node = shownNode(fields)
  return node === null ? null : { kind: 'executing', node }
}

function progress(fields: Data): PromptEvent | null {
  const [node, value, max] = [string(fields['node']), number(fields['value']), number(fields['max'])]
  return node === null || value === null || max === null ? null : { kind: 'progress', node, value, max }
}

function executed(fields: Data): PromptEvent | null {
  const node = shownNode(fields)
  const output = fields['output'] == null ? null : record(fields['output'])
  return node === null ? null : { kind: 'executed', node, output, files: output === null ? [] : filesOf(output) }
}

/** Big-endian: `u32 id`, then 1 `u32 format, image`; 3 `u32 length, node, text`; 4 `u32 length, JSON, image`. */
function decodeBinary(frame: Uint8Array): SocketMessage | null {
  const view = new DataView(frame.buffer, frame.byteOffset, frame.byteLength)
  const second = view.getUint32(4)
  const head = () => new TextDecoder('utf-8', { fatal: true }).decode(frame.subarray(8, 8 + second))
  const rest = () => (8 + second <= frame.byteLength ? frame.subarray(8 + second) : null)
  switch (view.getUint32(0)) {
    case 1: {
      const mimeType = second === 2 ? 'image/png' : 'image/jpeg'
      return { promptId: null, event: { kind: 'preview', node: null, mimeType, image: frame.subarray(8) }, stage: null }
    }
    case 3: {
      const text = rest()
      return (
        text && {
          promptId: null,
          event: { kind: 'text', node: head(), text: new TextDecoder().decode(text) },
          stage: null,
        }
      )
    }
    case 4: {
      const image = rest()
      if (image === null) return null
      const about = record(parsePythonJson(head()))
      const node = string(about['display_node_id']) ?? string(about['node_id'])
      const mimeType = string(about['image_type']) ?? 'image/jpeg'
      return { promptId: string(about['prompt_id']), event: { kind: 'preview', node, mimeType, image }, stage: null }
    }
    default:
      return null
  }
}

function record(value: unknown): Data {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Data) : {}
}

function string(value: unknown): string | null {
  return typeof value === 'string' ? value : null
}

function number(value: unknown): number | null {
  return typeof value === 'number' ? value : null
}

function strings(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((item) => typeof item === 'string') : []
}
