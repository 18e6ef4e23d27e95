import { closeSync, existsSync, openSync, readSync } from 'node:fs'
import { type RawLine, rawLines } from '../../recording/json-lines.ts'
import type { KeptExchange } from './run-files.ts'

/** What a `traffic.har` of ours, which has an entry a line, tells of each exchange; in the order in which they began. */
export function readExchanges(path: string): KeptExchange[] {
  if (!existsSync(path)) return []
  const file = openSync(path, 'r')
  try {
    const entries = rawLines(path).filter(({ startedAt }) => !Number.isNaN(startedAt))
    return entries.map((line) => exchangeOf(line, file)).toSorted((a, b) => a.at - b.at)
  } finally {
    closeSync(file)
  }
}

/** The socket of a long run has more frames than may be in memory at once. */
const LARGEST = 1024 * 1024
const HEAD = 4 * 1024

function exchangeOf({ start, length, startedAt: at }: RawLine, file: number): KeptExchange {
  const bytes = Buffer.alloc(length > LARGEST ? HEAD : length)
  readSync(file, bytes, 0, bytes.length, start)
  const text = bytes.toString().trimEnd().replace(/,$/, '')
  if (length > LARGEST) return { ...nothing, at, ...headOf(text), note: 'too large to be read here' }
  try {
    return wholeOne(JSON.parse(text) as HarLine, at)
  } catch {
    return { ...nothing, at, ...headOf(text), note: 'not to be read' }
  }
}

function wholeOne({ request, response, _pr: own, _webSocketMessages: messages }: HarLine, at: number): KeptExchange {
  const note = [
    own?.provenance,
    own?.fault && `fault: ${own.fault}`,
    response._error,
    messages && `${messages.length} messages`,
  ]
  return {
    at,
    service: own?.service ?? '',
    method: request.method,
    url: request.url,
    status: response.status,
    sent: Math.max(0, request.bodySize),
    received: Math.max(0, response.bodySize),
    note: note.filter(Boolean).join(', '),
  }
}

interface HarLine {
  readonly request: { readonly method: string; readonly url: string; readonly bodySize: number }
  readonly response: { readonly status: number; readonly bodySize: number; readonly _error?: string | null }
  readonly _webSocketMessages?: readonly unknown[]
  readonly _pr?: { readonly service?: string; readonly provenance?: string; readonly fault?: string }
}

const nothing = { service: '', method: '', url: '', status: 101, sent: 0, received: 0, note: '' }

/** What its first members tell. */
function headOf(head: string): Partial<KeptExchange> {
  const [, method = ''] = /"method":"([A-Z]+)"/.exec(head) ?? []
  const [, url = ''] = /"url":("(?:[^"\\]|\\.)*")/.exec(head) ?? []
  const isSocket = head.includes('"_resourceType":"websocket"')
  return { method, url: url && JSON.parse(url), status: isSocket ? 101 : 0 }
}
