import { expect, it } from 'vitest'
import { ask, type FaultyNetwork, faultyNetwork } from './faulty-network.ts'

/** What a client sees of `GET /queue` when all is well. */
const QUEUE = '{"queue_running": [], "queue_pending": []}'
const JSON_TYPE = 'application/json; charset=utf-8'

/** What a client sees of an answer, how its connection ends, and what time has gone by on the run's clock. */
interface Seen {
  status?: number | null
  headers?: Record<string, string | null>
  body?: string | RegExp
  end?: string
  ms?: number
  killed?: string[]
  /** How the next request ends. */
  next?: string
}

const good: Required<Pick<Seen, 'status' | 'body' | 'end' | 'ms' | 'next'>> = {
  status: 200,
  body: QUEUE,
  end: 'end',
  ms: 0,
  next: 'end',
}
const nothing: Seen = { status: null, body: '' }

/** A fault at `GET /queue`, and what of the answer is not as ever. */
const table: Readonly<Record<string, Seen>> = {
  'status 524': {
    status: 524,
    headers: { 'content-type': 'text/html; charset=utf-8' },
    body: /<title>524: A timeout occurred<\/title>/,
  },
  'status 503 as json': {
    status: 503,
    headers: { 'content-type': JSON_TYPE },
    body: /^\{"error":\{"type":"simulated_fault"/,
  },
  'status 429 as text with retry-after 7': {
    status: 429,
    headers: { 'content-type': 'text/plain; charset=utf-8', 'retry-after': '7' },
    body: '429: Too Many Requests',
  },
  'status 302 as nothing to /login': { status: 302, headers: { location: '/login', 'content-length': '0' }, body: '' },
  'status 200 as html': { body: /^<!DOCTYPE html>/ },
  'empty body': { headers: { 'content-length': '0', 'content-type': null }, body: '' },
  garbage: { headers: { 'content-type': JSON_TYPE, 'content-length': '64' }, body: /[^ -~]/ },
  'delay 30 s': { ms: 30_000 },
  'slow 10 B per second': { ms: 4_200 },
  'slice 5 B every 100 ms': { ms: 900 },
  truncate: { headers: { 'content-length': '42' }, body: QUEUE.slice(0, 21) },
  'truncate after 10 B': { headers: { 'content-length': '42' }, body: QUEUE.slice(0, 10) },
  'wrong length': { headers: { 'content-length': '32' } },
  'short body': { headers: { 'content-length': '21' }, body: QUEUE.slice(0, 21) },
  'short body of 3 B': { headers: { 'content-length': '3' }, body: QUEUE.slice(0, 3) },
  reset: { ...nothing, end: 'ECONNRESET' },
  'reset after 10 B received': { body: QUEUE.slice(0, 10), end: 'ECONNRESET' },
  // As long as the client of ComfyUI waits.
  hang: { ...nothing, end: 'open', ms: 60_000 },
  'hang for 5 s': { ...nothing, ms: 5_000 },
  'hang after 10 B received': { body: QUEUE.slice(0, 10), end: 'open', ms: 60_000 },
  'no answer': nothing,
  'malformed chunk': { headers: { 'transfer-encoding': 'chunked' }, body: /[^ -~]/ },
  'random data': { status: null, body: /[^ -~]/ },
  'slow close 3 s': { headers: { 'content-length': null, 'transfer-encoding': null }, ms: 3_000 },
  refuse: { ...nothing, next: 'ECONNREFUSED' },
  restart: { ...nothing, next: 'ECONNREFUSED' },
  'field queue_running = [1]': { body: '{"queue_running": [1], "queue_pending": []}' },
  'field * = null': { body: '{"queue_running": null, "queue_pending": null}' },
  'field queue_running as running': { body: '{"queue_pending": [], "running": []}' },
  'no field queue_pending': { body: '{"queue_running": []}' },
  'header content-type = text/html': { headers: { 'content-type': 'text/html' } },
  'no header content-type': { headers: { 'content-type': null, 'content-length': '42' } },
  interrupt: {},
  'clear queue': {},
  'clear history': {},
  'kill with SIGTERM': { killed: ['SIGTERM'] },
}

it.each(
  Object.entries(table).flatMap(([action, seen]) => [
    ['wire', action, seen] as const,
    ['serve', action, seen] as const,
  ]),
)('%s: does "%s" to a request, once', async (skin, action, seen) => {
  await using network = await faultyNetwork(skin, `GET /queue: ${action}`)
  expect(await look(network, seen)).toEqual(expected(skin, seen))
  expect(network.report()).toEqual([[expect.any(String), 1]])
})

it.each(['wire', 'serve'] as const)('%s: answers a program no more that it has killed', async (skin) => {
  await using network = await faultyNetwork(skin, 'GET /queue: kill')
  // It is watched until it is dead.
  const now = () => (network.killed.length > 0 ? Number.POSITIVE_INFINITY : 0)
  const { bytes, end } = await ask({ ...network, now }, 'GET /queue', { hangs: true })
  expect([bytes.toString(), end, network.killed]).toEqual(['', 'open', ['SIGKILL']])
})

it('asks the service before a fault that comes after', async () => {
  await using network = await faultyNetwork('wire', 'GET /queue: status 502', 'after POST /prompt: status 524')
  expect((await ask(network, 'GET /queue')).status).toBe('HTTP/1.1 502 Bad Gateway')
  const graph = { 1: { class_type: 'PreviewAny', inputs: { source: 'x' } } }
  const answer = await ask(network, 'POST /prompt', { body: JSON.stringify({ prompt: graph }) })
  expect(answer.status).toBe('HTTP/1.1 524 unknown')
  const history = async () => (await ask(network, 'GET /history')).body.toString()
  await expect.poll(history).toMatch(/^\{"00000000-0000-4000-8000-000000000001": .*"status_str": "success"/)
})

it('counts from the nth time on, so many in a row, or for ever', async () => {
  await using network = await faultyNetwork(
    'wire',
    '2nd GET /queue: status 502, times 2',
    '5th GET /queue: empty body, always',
  )
  const statuses: string[] = []
  for (let count = 0; count < 6; count += 1) {
    const { status, body } = await ask(network, 'GET /queue')
    statuses.push(`${status.slice(9, 12)} ${body.length}`)
  }
  expect(statuses).toEqual(['200 42', '502 131', '502 131', '200 42', '200 0', '200 0'])
})

it('gives a server no more of an upload than was sent', async () => {
  await using network = await faultyNetwork('wire', 'POST /upload/image: reset after 200 B sent')
  const [type, ends] = ['content-type: multipart/form-data; boundary=b', '\r\n--b--\r\n']
  const part = `--b\r\nContent-Disposition: form-data; name="image"; filename="a.png"\r\n\r\n${'x'.repeat(500)}${ends}`
  expect((await ask(network, 'POST /upload/image', { body: part, header: type })).end).toBe('ECONNRESET')
  expect(network.comfyui.files.list('input').map(({ filename }) => filename)).not.toContain('a.png')
  expect((await ask(network, 'POST /upload/image', { body: part, header: type })).body.toString()).toContain(
    '"name": "a.png"',
  )
})

/** Asks twice. Of the headers only those that are of interest are told. */
async function look(network: FaultyNetwork, wanted: Seen): Promise<Seen> {
  const names = Object.keys(wanted.headers ?? {})
  const { status, headers, body, end } = await ask(network, 'GET /queue', { hangs: wanted.end === 'open' })
  const code = /^HTTP\/1\.1 (\d+)/.exec(status)?.[1]
  return {
    status: code === undefined ? null : Number(code),
    headers: Object.fromEntries(names.map((name) => [name, headers[name] ?? null])),
    body: body.toString('latin1'),
    end,
    ms: network.now(),
    killed: [...network.killed],
    next: (await ask(network, 'GET /queue')).end,
  }
}

function expected(skin: string, seen: Seen): unknown {
  const { body, next, ...rest } = { ...good, headers: {}, killed: [], ...seen }
  return {
    ...rest,
    body: typeof body === 'string' ? body : expect.stringMatching(body),
    // A port that is served stays open, so its connections are broken instead.
    next: skin === 'serve' && next === 'ECONNREFUSED' ? 'ECONNRESET' : next,
  }
}
