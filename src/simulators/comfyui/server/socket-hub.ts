import type { SocketEnd } from '../../simulator.ts'
import type { Preview } from '../execute/node-runner.ts'
import type { Outbox } from '../execute/prompt-run.ts'
import { dumpJson } from '../python/format.ts'
import { parseJson } from '../python/parse.ts'
import { dict, isDict, type Py, type PyDict } from '../python/py.ts'
import { FrameOrder } from './frame-order.ts'

export interface HubFacts {
  /** Prompts waiting and running. */
  remaining(): number
  /** Data of `feature_flags` and of GET /features. */
  readonly features: Py
  newId(): string
}

/**
 * The open sockets by client id, and who gets what (server.py, send_json). Frames go out in the order of the calls, at once
 * unless an answer has to leave first.
 */
export class SocketHub implements Outbox {
  /** Whose prompt runs or ran last, and the node it is at: told to a client that reconnects. */
  client: Py = null
  lastNode: string | null = null
  private readonly sockets = new Map<string, SocketEnd>()
  private readonly flags = new Map<string, PyDict>()
  private readonly order = new FrameOrder()
  private readonly facts: HubFacts

  constructor(facts: HubFacts) {
    this.facts = facts
  }

  /** An accepted socket. A second one with the same id takes over; when the first closes, the server forgets the second. */
  accept(clientId: string, end: SocketEnd): void {
    const sid = clientId || this.facts.newId().replaceAll('-', '')
    this.sockets.set(sid, end)
    this.flags.set(sid, new Map())
    let windowOpen = true
    end.onMessage((frame) => {
      if (typeof frame !== 'string') return
      const message = jsonOf(frame)
      if (!isDict(message)) return
      if (windowOpen && message.get('type') === 'feature_flags') {
        const flags = message.get('data')
        this.flags.set(sid, isDict(flags) ? flags : new Map())
        this.send('feature_flags', () => dumpJson(this.facts.features), sid)
      }
      windowOpen = false
    })
    end.onClose(() => {
      this.sockets.delete(sid)
      this.flags.delete(sid)
    })
    this.send('status', () => dumpJson(dict({ status: this.status(), sid })), sid)
    if (this.client === sid && this.lastNode !== null) {
      this.send('executing', () => dumpJson(dict({ node: this.lastNode })), sid)
    }
  }

  /** What is said from now on waits until the function that comes back is called. */
  hold(): () => void {
    return this.order.hold()
  }

  broadcastStatus(): void {
    this.send('status', () => dumpJson(dict({ status: this.status() })), null)
  }

  send(type: string, data: () => string, to: Py): void {
    const ends = this.endsOf(to)
    if (ends.length === 0) return
    const frame = `{"type": ${dumpJson(type)}, "data": ${data()}}`
    this.deliver(frame, ends)
  }

  takesPreviewMetadata(to: Py): boolean {
    return typeof to === 'string' && this.flags.get(to)?.get('supports_preview_metadata') === true
  }

  preview(preview: Preview, metadata: PyDict | null, to: Py): void {
    const ends = this.endsOf(to)
    if (ends.length === 0) return
    const frame = metadata ? previewWithMetadataFrame(preview, metadata) : previewFrame(preview)
    this.deliver(frame, ends)
  }

  text(nodeId: string, text: string): void {
    const frame = textFrame(nodeId, text)
    this.deliver(frame, this.endsOf(null))
  }

  private deliver(frame: string | Uint8Array, ends: readonly SocketEnd[]): void {
    this.order.send(() => {
      for (const end of ends) end.send(frame)
    })
  }

  private status(): PyDict {
    return dict({ exec_info: dict({ queue_remaining: BigInt(this.facts.remaining()) }) })
  }

  private endsOf(to: Py): SocketEnd[] {
    if (to === null) return [...this.sockets.values()]
    const end = typeof to === 'string' ? this.sockets.get(to) : undefined
    return end ? [end] : []
  }
}

function jsonOf(text: string): Py {
  try {
    return parseJson(text)
  } catch {
    return null
  }
}

const PREVIEW_IMAGE = 1
const TEXT = 3
const PREVIEW_IMAGE_WITH_METADATA = 4

/** A preview. Every number in a binary frame of the socket is unsigned, 32 bits long and big-endian. */
function previewFrame({ format, bytes }: Preview): Uint8Array {
  return Buffer.concat([u32(PREVIEW_IMAGE), u32(format === 'jpeg' ? 1 : 2), bytes])
}

/** The preview for clients that announced `supports_preview_metadata`; its format stands in the metadata. */
function previewWithMetadataFrame({ bytes }: Preview, metadata: PyDict): Uint8Array {
  return sized(PREVIEW_IMAGE_WITH_METADATA, dumpJson(metadata), bytes)
}

/** A line of text that is shown in a node. */
function textFrame(nodeId: string, text: string): Uint8Array {
  return sized(TEXT, nodeId, Buffer.from(text))
}

function sized(event: number, head: string, rest: Uint8Array): Uint8Array {
  const bytes = Buffer.from(head)
  return Buffer.concat([u32(event), u32(bytes.length), bytes, rest])
}

function u32(value: number): Buffer {
  const bytes = Buffer.alloc(4)
  bytes.writeUInt32BE(value)
  return bytes
}
