import { parseJson } from '../../src/simulators/comfyui/python/parse.ts'
import { isDict, type PyDict } from '../../src/simulators/comfyui/python/py.ts'

/** One scenario of an execution corpus (the corpus's README names the fields). */
export interface ExecutionRecord {
  readonly id: string
  readonly category: string
  readonly script: readonly string[]
  readonly log: readonly LogEntry[]
  readonly history: Readonly<Record<string, string>>
  readonly history_ids: readonly string[]
  readonly queue: string
  readonly exec_info: string
  readonly files_new: readonly string[]
  readonly ws_stability: string
}

export type LogEntry =
  | { readonly k: 'open'; readonly s: string; readonly client_id: string }
  | { readonly k: 'close'; readonly s: string }
  | { readonly k: 'send'; readonly s: string; readonly d: string }
  | HttpEntry
  | UploadEntry
  | { readonly k: 'ws'; readonly s: string; readonly d: string }
  | BinaryEntry

export interface HttpEntry {
  readonly k: 'http'
  readonly method: string
  readonly path: string
  readonly body: string | null
  readonly status: number
  /** null for answers without a body. */
  readonly content_type: string | null
  readonly response: string
}

export interface UploadEntry {
  readonly k: 'upload'
  readonly path: string
  readonly fields: Readonly<Record<string, string>>
  readonly filename: string
  /** The file whose bytes are sent, relative to the base directory. */
  readonly content_of: string
  readonly status: number
  /** null for answers without a body. */
  readonly content_type: string | null
  readonly response: string
}

export interface BinaryEntry {
  readonly k: 'bin'
  readonly s: string
  readonly event: number
  readonly header: Readonly<Record<string, unknown>>
  readonly magic?: string
}

/** A JSON object of a recorded text; an empty one when it is none. */
export function dictOf(text: string): PyDict {
  const value = parseJson(text)
  return isDict(value) ? value : new Map()
}

export function dictAt(value: PyDict | undefined, key: string): PyDict {
  const inside = value?.get(key)
  return isDict(inside) ? inside : new Map()
}
