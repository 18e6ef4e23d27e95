import type { FileStore } from '../../src/simulators/comfyui/files/file-store.ts'
import type { PyDict } from '../../src/simulators/comfyui/python/py.ts'
import { bytesOf } from '../../src/simulators/media/byte-source.ts'
import type { SimulatedService, SocketEnd } from '../../src/simulators/simulator.ts'
import {
  dictAt,
  dictOf,
  type ExecutionRecord,
  type HttpEntry,
  type LogEntry,
  type UploadEntry,
} from './execution-record.ts'
import type { ManualClock } from './manual-clock.ts'

/** What one socket got, oldest first. */
export type Frames = (string | Uint8Array)[]

export interface Answer {
  readonly expected: HttpEntry | UploadEntry
  readonly status: number
  readonly contentType: string
  readonly body: string
}

/** About what a request took on the recorded machine; the server works on meanwhile. */
const REQUEST_MS = 2
const LONGEST_WAIT_MS = 120_000

type Action = Exclude<LogEntry, { k: 'ws' } | { k: 'bin' }>

/** Does to a simulator what the recorder's driver did to the server. */
export class ScenarioDriver {
  readonly frames = new Map<string, Frames>()
  readonly answers: Answer[] = []
  /** Awaited things that never came. */
  readonly missed: string[] = []
  private readonly prompts: Answer[] = []
  private readonly clients = new Map<string, string>()
  private readonly ends = new Map<string, { message(data: string): void; close(): void }>()
  private readonly actions: Action[]
  private readonly service: SimulatedService
  private readonly files: FileStore
  private readonly clock: ManualClock
  private readonly base: string

  constructor(parts: {
    service: SimulatedService
    files: FileStore
    clock: ManualClock
    base: string
    log: readonly LogEntry[]
  }) {
    this.service = parts.service
    this.files = parts.files
    this.clock = parts.clock
    this.base = parts.base
    this.actions = parts.log.filter((entry): entry is Action => entry.k !== 'ws' && entry.k !== 'bin')
  }

  async run({ script }: ExecutionRecord): Promise<void> {
    for (const step of script) {
      const [verb = '', first = '', ...rest] = step.split(' ')
      if (verb === 'pause') await this.clock.pass(Number(first) * 1000)
      else if (verb === 'await') await this.wait(step, first, rest.join(' '))
      else await this.act()
    }
    await this.clock.pass(LONGEST_WAIT_MS)
  }

  async get(path: string): Promise<string> {
    const response = await this.service.http(new Request(`http://127.0.0.1:8188${path}`))
    return response.text()
  }

  /** The next action of the log, and what clients send right after it. */
  private async act(): Promise<void> {
    const action = this.actions.shift()
    if (!action) return
    if (action.k === 'open') this.open(action.s, action.client_id)
    else if (action.k === 'close') this.ends.get(action.s)?.close()
    else if (action.k === 'send') this.ends.get(action.s)?.message(action.d)
    else await this.request(action)
    await this.clock.pass(REQUEST_MS)
    if (this.actions[0]?.k === 'send') await this.act()
  }

  private open(socket: string, clientId: string): void {
    const frames: Frames = []
    const listeners: { message: (data: string) => void; close: () => void } = { message: () => {}, close: () => {} }
    const end: SocketEnd = {
      send: (data) => frames.push(data),
      close: () => listeners.close(),
      onMessage: (listener) => {
        listeners.message = listener
      },
      onClose: (listener) => {
        listeners.close = () => listener(1000, '')
      },
    }
    const query = clientId === '' ? '' : `?clientId=${encodeURIComponent(clientId)}`
    const accepted = this.service.upgrade?.(new Request(`http://127.0.0.1:8188/ws${query}`))
    if (typeof accepted === 'function') accepted(end)
    this.frames.set(socket, frames)
    this.clients.set(socket, clientId)
    this.ends.set(socket, { message: (data) => listeners.message(data), close: () => listeners.close() })
  }

  private async request(expected: HttpEntry | UploadEntry): Promise<void> {
    const url = `http://127.0.0.1:8188${expected.path}`
    const init =
      expected.k === 'upload'
        ? { method: 'POST', body: this.form(expected) }
        : { method: expected.method, body: expected.body }
    const response = await this.service.http(new Request(url, init))
    const answer = {
      expected,
      status: response.status,
      contentType: response.headers.get('content-type') ?? '',
      body: await response.text(),
    }
    this.answers.push(answer)
    if (expected.k === 'http' && expected.method === 'POST' && expected.path === '/prompt') this.prompts.push(answer)
  }

  private form({ fields, filename, content_of }: UploadEntry): FormData {
    const form = new FormData()
    const file = this.files.at(`${this.base}/${content_of}`)
    const bytes = file && file !== 'directory' ? Uint8Array.from(bytesOf(file.bytes)) : new Uint8Array()
    form.append('image', new Blob([bytes]), filename)
    for (const [name, value] of Object.entries(fields)) form.append(name, value)
    return form
  }

  private async wait(step: string, what: string, rest: string): Promise<void> {
    const isOver = what === 'end' || what === 'history' ? this.ended(what, Number(rest)) : this.seen(what, dictOf(rest))
    if (!(await this.clock.pass(LONGEST_WAIT_MS, isOver))) this.missed.push(step)
  }

  /** Tells whether a prompt is over; one that was refused is. An id that is used again ends as often. */
  private ended(what: 'end' | 'history', number: number): () => boolean | Promise<boolean> {
    const prompt = this.prompts[number]
    if (prompt?.status !== 200 || prompt.expected.k !== 'http') return () => true
    const id = String(dictOf(prompt.body).get('prompt_id'))
    const sameId = this.prompts.filter(({ status, body }) => status === 200 && dictOf(body).get('prompt_id') === id)
    const client = dictOf(prompt.expected.body ?? '{}').get('client_id')
    const socket = what === 'end' ? this.socketOf(client) : undefined
    if (socket === undefined) return async () => (await this.get(`/history/${encodeURIComponent(id)}`)) !== '{}'
    return () => this.endsSeen(socket, id) > sameId.indexOf(prompt)
  }

  /** Tells whether a socket got a message of this type, about this node if one is named. */
  private seen(socket: string, pattern: PyDict): () => boolean {
    const node = pattern.get('node')
    return () =>
      this.frames.get(socket)?.some((frame) => {
        const message = typeof frame === 'string' ? dictOf(frame) : new Map()
        const isNode = node === undefined || dictAt(message, 'data').get('node') === node
        return isNode && message.get('type') === pattern.get('type')
      }) ?? false
  }

  private socketOf(client: unknown): string | undefined {
    return [...this.clients].findLast(([, id]) => id === client)?.[0]
  }

  private endsSeen(socket: string, promptId: string): number {
    const end = `{"type": "executing", "data": {"node": null, "prompt_id": ${JSON.stringify(promptId)}}}`
    return this.frames.get(socket)?.filter((frame) => frame === end).length ?? 0
  }
}
