/**
 * Records what the shipped recording holds, from a server of its own and over the loopback, with redaction and without, in turns. Prints the
 * exchanges per second of processor time of both, and of a third: with redaction, and a catalogue that is another one each time.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { request } from 'undici'
import { directConnections } from '../../src/network/recorder/direct-connections.ts'
import { openRawCapture } from '../../src/network/recorder/raw-capture.ts'
import { serveUpstream } from '../../src/network/recorder/serve-upstream.ts'
import { finishRecording } from '../../src/recording/finish-recording.ts'
import type { LoadedEntry } from '../../src/recording/loaded-entry.ts'
import { readHar } from '../../src/recording/read-har.ts'
import { recordRedactor } from '../../src/recording/record-redactor.ts'
import type { Redactor } from '../../src/recording/redact.ts'
import { recordedSocket } from '../network/recorded-socket.ts'

const TURNS = 25

/** Takes everything as it comes. */
const nothing: Redactor = {
  headers: (headers) => Array.from(headers, ([name, value]) => ({ name, value })),
  query: (pairs) => Array.from(pairs, ([name, value]) => ({ name, value })),
  url: String,
  text: String,
  body: (text) => ({ text, changed: [] }),
}

const { entries } = await readHar(join(process.argv[2] ?? 'recordings', 'wan22-two-chunks/comfyui.har'))
/** As the server sent it: a recording has it indented. */
const compact = (body: Uint8Array) => {
  const text = Buffer.from(body).toString()
  return text.startsWith('{') ? JSON.stringify(JSON.parse(text)) : body
}
const answers = entries.map(({ responseBody }) => compact(responseBody()))
const requests = entries.map(({ requestBody }) => compact(requestBody()))
const server = createServer((request, response) => {
  const entry = entries[Number(request.headers['x-entry'])]!
  request.resume().on('end', () => {
    response.writeHead(entry.status, { 'content-type': entry.responseHeaders.get('content-type') ?? 'text/plain' })
    response.end(answers[Number(request.headers['x-entry'])])
  })
}).listen(0, '127.0.0.1')
await new Promise((listening) => server.on('listening', listening))
const upstream = new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}`)

const catalogue = entries.findIndex(({ url }) => url.pathname === '/object_info')
const known = String(answers[catalogue])

const seconds = new Map<string, number[]>([
  ['without', []],
  ['with', []],
  ['new', []],
])
for (let turn = -3; turn < TURNS; turn += 1) {
  for (const [way, taken] of seconds) {
    answers[catalogue] = way === 'new' ? known.replace('{', `{"Bench ${turn}": {"input": {}},`) : known
    const spent = await recorded(
      way === 'without' ? nothing : recordRedactor({ known: { COMFYUI_TOKEN: 'otter-4711-glade' } }),
    )
    if (turn >= 0) taken.push(spent)
  }
}
const rate = (way: string) => entries.length / seconds.get(way)!.toSorted((a, b) => a - b)[TURNS >> 1]!
console.log([...seconds.keys()].map(rate).join(' '))
process.exit()

/** Seconds of processor time for one recording. */
async function recorded(redactor: Redactor): Promise<number> {
  const folder = mkdtempSync(join(tmpdir(), 'pr-bench-'))
  const before = process.cpuUsage()
  {
    const open = directConnections(null)
    using capture = openRawCapture({ folder, redactor })
    await using served = await serveUpstream({ upstream, open, watch: capture, port: 0 })
    for (const [index, entry] of entries.entries()) {
      if (entry.frames) sendFrames(capture, entry)
      else await ask(served.address, entry, index)
    }
  }
  finishRecording(folder, { facts: {}, edit: (_, text) => text })
  const { user, system } = process.cpuUsage(before)
  rmSync(folder, { recursive: true })
  return (user + system) / 1e6
}

async function ask(proxy: URL, { method, url, requestHeaders }: LoadedEntry, index: number) {
  const { 'content-length': _, host: __, connection: ___, ...kept } = Object.fromEntries(requestHeaders)
  const headers = { ...kept, 'x-entry': String(index) }
  const body = method === 'GET' ? null : requests[index]!
  const answer = await request(new URL(url.pathname + url.search, proxy), { method: method as 'GET', headers, body })
  await answer.body.dump()
}

function sendFrames(capture: ReturnType<typeof openRawCapture>, { frames }: LoadedEntry): void {
  const socket = recordedSocket(capture)
  for (const { data, from } of frames ?? []) if (from === 'server') socket.send(data())
  socket.close()
}
