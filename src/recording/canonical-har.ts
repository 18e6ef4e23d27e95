import type { Har, HarEntry, HarHeader, HarSocketMessage } from './har.ts'

/**
 * The one form in which two `traffic.har` of the same run are equal. Ids are numbered by first appearance, multipart
 * boundaries are gone, header names are in lower case and in order, times are zero. Sockets list what was sent and then
 * what was received, without pings and headers, which not every kind of socket can send. What a transport adds for
 * itself (lengths, dates, hop-by-hop headers) is left out.
 */
export function canonicalHar(har: Har): Har {
  const entries = har.log.entries
    .map((entry) => ({ entry: canonicalEntry(entry), key: sortKey(entry) }))
    .toSorted((a, b) => (a.key < b.key ? -1 : Number(a.key > b.key)))
    .map(({ entry }) => entry)
  return numberIds({ log: { ...har.log, entries } })
}

const uuid = /\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b/gi
const transportHeader =
  /^(?:connection|keep-alive|transfer-encoding|content-length|date|user-agent|accept.*|sec-websocket-.*|sec-fetch-.*|upgrade)$/

function sortKey({ startedDateTime, request }: HarEntry): string {
  return [startedDateTime, request.method, request.url.replaceAll(uuid, ''), request.postData?.text ?? ''].join(' ')
}

function canonicalEntry(entry: HarEntry): HarEntry {
  const { request, response, serverIPAddress: _address, connection: _connection, ...rest } = entry
  const mimeType = request.postData?.mimeType ?? ''
  const boundary = /boundary="?([^";]{8,})/.exec(mimeType)?.[1]
  const { _sha256, ...postData } = request.postData ?? { mimeType }
  const canonical: HarEntry = {
    ...rest,
    startedDateTime: new Date(0).toISOString(),
    time: 0,
    timings: { send: 0, wait: 0, receive: 0 },
    request: {
      ...request,
      headers: entry._webSocketMessages ? [] : canonicalHeaders(request.headers),
      ...(request.postData
        ? {
            postData: _sha256 !== undefined && !mimeType.startsWith('multipart/') ? { ...postData, _sha256 } : postData,
          }
        : {}),
    },
    response: { ...response, headers: canonicalHeaders(response.headers) },
    ...(entry._webSocketMessages ? { _webSocketMessages: canonicalFrames(entry._webSocketMessages) } : {}),
  }
  return boundary === undefined ? canonical : inText(canonical, (text) => text.replaceAll(boundary, '{{boundary}}'))
}

function canonicalHeaders(headers: readonly HarHeader[]): HarHeader[] {
  return headers
    .map(({ name, value }) => ({ name: name.toLowerCase(), value }))
    .filter(({ name }) => !transportHeader.test(name))
    .toSorted((a, b) => (a.name < b.name ? -1 : Number(a.name > b.name)))
}

function canonicalFrames(frames: readonly HarSocketMessage[]): HarSocketMessage[] {
  const kept = frames.filter(({ opcode }) => opcode !== 9 && opcode !== 10).map((frame) => ({ ...frame, time: 0 }))
  return [...kept.filter(({ type }) => type === 'send'), ...kept.filter(({ type }) => type !== 'send')]
}

function numberIds(har: Har): Har {
  const numbers = new Map<string, number>()
  return inText(har, (text) =>
    text.replaceAll(uuid, (id) => {
      const number = numbers.get(id.toLowerCase()) ?? numbers.size + 1
      numbers.set(id.toLowerCase(), number)
      return `{{id:${number}}}`
    }),
  )
}

/** Changes a value in its JSON text: neither ids nor boundaries have characters that JSON escapes. */
function inText<T>(value: T, change: (text: string) => string): T {
  return JSON.parse(change(JSON.stringify(value))) as T
}

/**
 * Whether two recordings tell the same: ids numbered, times and counters of the server left out, binary bodies compared by
 * kind and place, since what is drawn or stamped into them differs every time.
 */
export function isSameTraffic(before: Har, now: Har): boolean {
  return settled(before) === settled(now)
}

function settled({ log }: Har): string {
  const entries = JSON.stringify(log.entries.map(withoutBinaries)).replaceAll('%2F', '/')
  const canonical = canonicalHar({ log: { ...log, entries: JSON.parse(entries) as HarEntry[] } })
  return volatile.reduce((text, [pattern, by]) => text.replaceAll(pattern, by), JSON.stringify(canonical.log.entries))
}

/** Inside the JSON text of an entry, where each quote of a body carries a backslash. */
const volatile: ReadonlyArray<readonly [RegExp, string]> = [
  [/(\\"(?:timestamp|create_time|(?:ram|vram|torch_vram)_free|number)\\":\s*)[\d.]+/g, '$10'],
  // Prompt numbers in queue and history: `[7, "<id>", …`.
  [/\[(?:\\n|\s)*\d+,(?=(?:\\n|\s)*\\"\{\{id)/g, '[0,'],
  [/_temp_[a-z]{5}_/g, '_temp_'],
  // A Python set: in any order.
  [/(\\"current_outputs\\":\s*\[)[^\]]*/g, '$1'],
  // Addresses of Python objects in the inputs of a failed node.
  [/\b0x[0-9a-f]{8,}\b/g, '0x0'],
]

const ofFile = /^(?:etag|last-modified)$/i

function withoutBinaries(entry: HarEntry): HarEntry {
  const { content, ...response } = entry.response
  const { _file, _sha256, ...rest } = content
  const { postData, ...request } = entry.request
  const { _file: _sent, _sha256: _hash, ...sent } = postData ?? { mimeType: '' }
  return {
    ...entry,
    request: { ...request, bodySize: 0, ...(postData ? { postData: { ...sent, _size: 0 } } : {}) },
    response: {
      ...response,
      headers: response.headers.filter(({ name }) => !ofFile.test(name)),
      bodySize: 0,
      content: { ...(_file !== undefined && /\.(?:json|txt)$/.test(_file) ? content : rest), size: 0 },
    },
    ...(entry._webSocketMessages
      ? {
          _webSocketMessages: entry._webSocketMessages.map((frame) =>
            frame.opcode === 2 ? { ...frame, data: '' } : frame,
          ),
        }
      : {}),
  }
}
