import type { Har, HarEntry, HarSocketMessage } from './har.ts'

/** The text of a HAR: keys in a fixed order, two spaces, times to the microsecond, so that a refresh shows only real changes. */
export function harText(har: Har): string {
  return `${JSON.stringify(har, inOrder, 2)}\n`
}

/** One entry, or one socket frame, as it stands in `harText`, `depth` levels deep. */
export function harPart(part: HarEntry | HarSocketMessage, depth: number): string {
  return JSON.stringify(part, inOrder, 2).replaceAll('\n', `\n${'  '.repeat(depth)}`)
}

const order = [
  'log name version creator pages entries recorded source server device',
  'pageref startedDateTime id title pageTimings time comment _resourceType',
  'method status statusText url httpVersion mimeType size value',
  'request response cookies headers queryString postData content redirectURL',
  'type opcode data encoding text params _file _sha256 _size headersSize bodySize _error',
  'cache timings blocked dns connect ssl send wait receive serverIPAddress connection _webSocketMessages _pr',
]
const rank = new Map(order.flatMap((line) => line.split(' ')).map((key, index) => [key, index]))

function inOrder(key: string, value: unknown): unknown {
  if (typeof value === 'number') return rounded(key, value)
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value
  return Object.fromEntries(Object.entries(value).toSorted(([a], [b]) => place(a) - place(b) || (a < b ? -1 : 1)))
}

function place(key: string): number {
  return rank.get(key) ?? rank.size
}

/** A `time` above 1e8 is in epoch seconds (socket frames); everything else that has fractions is in milliseconds. */
function rounded(key: string, value: number): number {
  return Number(value.toFixed(key === 'time' && value > 1e8 ? 6 : 3))
}
