import { createHash } from 'node:crypto'
import { expect, it } from 'vitest'
import type { LoadedEntry } from '../../../../src/recording/loaded-entry.ts'
import { replayRecorded } from '../../../../src/simulators/comfyui/routes/recorded-replay.ts'

function entry(method: string, path: string, answer: unknown, sent = '', type = 'application/json'): LoadedEntry {
  return {
    startedAt: 0,
    took: 1,
    method,
    url: new URL(path, 'http://gpu.test:8188'),
    requestHeaders: new Headers({ 'content-type': type }),
    requestBody: () => Buffer.from(sent),
    status: 200,
    responseHeaders: new Headers({
      'content-type': 'application/json; charset=utf-8',
      'content-encoding': 'gzip',
      'x-pack': '1',
    }),
    responseBody: () => Buffer.from(JSON.stringify(answer, null, 2)),
    frames: null,
    comment: '',
    facts: {},
  }
}

function hashOf(text: string): string {
  return createHash('sha256').update(text).digest('hex')
}

/** What each request gets: the JSON of an answer, or why there is none. */
function asker(...entries: LoadedEntry[]) {
  const replay = replayRecorded([entry('GET', '/object_info', {}), ...entries])
  return async (method: string, path: string, body?: string, type = 'application/json') => {
    const init = body === undefined ? {} : { body, headers: { 'content-type': type } }
    const found = await replay(new Request(new URL(path, 'http://127.0.0.1:1'), { method, ...init }))
    return found instanceof Response ? await found.json() : found
  }
}

it('answers a route of a node pack as it was recorded, decoded', async () => {
  const replay = replayRecorded([entry('GET', '/object_info', {}), entry('GET', '/pack/list?kind=a', { list: [1.0] })])
  const answer = (await replay(new Request('http://127.0.0.1:1/api/pack/list?kind=a'))) as Response
  expect(Object.fromEntries(answer.headers)).toMatchObject({ 'x-pack': '1', 'x-pr-provenance': 'recorded' })
  expect(answer.headers.has('content-encoding')).toBe(false)
  expect(await answer.text()).toBe('{"list": [1]}')
})

it('answers a poll by the state that its route is in, never as first recorded for ever', async () => {
  const ask = asker(
    entry('GET', '/pack/state', 'idle'),
    entry('POST', '/pack/load', 'ok', '{"model": "a"}'),
    entry('GET', '/pack/state', 'loading'),
    entry('GET', '/pack/state', 'loaded'),
  )
  const load = () => ask('POST', '/pack/load', '{"model": "a"}')
  const state = () => ask('GET', '/pack/state')
  expect([await state(), await state(), await load(), await state(), await state(), await state()]).toEqual([
    'idle',
    'idle',
    'ok',
    'loading',
    'loaded',
    'loaded',
  ])
  expect(await load()).toEqual({ cause: 'its one recorded use is consumed', nearest: '' })
})

it('says why it has no answer', async () => {
  const ask = asker(
    entry('GET', '/pack/early', 1),
    entry('POST', '/pack/load', 'ok', '{"model": "a", "size": [8, 16]}'),
    entry('POST', '/pack/load', 'ok', '{"model": "a", "size": [8, 16]}'),
    entry('GET', '/pack/late', 2),
  )
  expect(await ask('GET', '/other')).toEqual({ cause: 'never recorded', nearest: '' })
  expect(await ask('PUT', '/pack/load')).toEqual({ cause: 'never recorded', nearest: '' })
  expect(await ask('POST', '/pack/load', '{"model": "b", "size": [8, 17]}')).toEqual({
    cause: 'never recorded like this',
    nearest:
      'POST /pack/load, which is recorded and differs in $.body.model ("a", not "b"), $.body.size[1] ("16", not "17")',
  })
  expect(await ask('GET', '/pack/late')).toEqual({
    cause: 'wrong state: recorded only after POST /pack/load, which was not sent yet',
    nearest: '',
  })
  const load = () => ask('POST', '/pack/load', '{"size": [8, 16], "model": "a"}')
  expect([await load(), await load(), await ask('GET', '/pack/late')]).toEqual(['ok', 'ok', 2])
  expect(await load()).toEqual({ cause: 'all 2 recorded uses are consumed', nearest: '' })
  expect(await ask('GET', '/pack/early')).toEqual({
    cause: 'wrong state: recorded only before POST /pack/load, which was sent',
    nearest: '',
  })
})

it('takes anything for what was taken out of the recording', async () => {
  const ask = asker(entry('POST', '/pack/key?id={{secret:id}}', 'ok', '{"key": "{{redacted:key}}", "size": 8}'))
  expect(await ask('POST', '/pack/key?id=7', '{"key": "a", "size": 9}')).toMatchObject({
    nearest: 'POST /pack/key?id={{secret:id}}, which is recorded and differs in $.body.size ("8", not "9")',
  })
  expect(await ask('POST', '/pack/key?id=7', '{"key": "a", "size": 8}')).toBe('ok')
})

it('compares the parts of a form, not its boundary', async () => {
  const form = (boundary: string, text: string) =>
    `--${boundary}\r\ncontent-disposition: form-data; name="type"\r\n\r\n${text}\r\n--${boundary}--\r\n`
  const ask = asker(
    entry('POST', '/pack/put', 'ok', form('recorded-1', 'a'), 'multipart/form-data; boundary=recorded-1'),
  )
  const type = 'multipart/form-data; boundary=asked-22'
  expect(await ask('POST', '/pack/put', form('asked-22', 'b'), type)).toMatchObject({
    cause: 'never recorded like this',
  })
  expect(await ask('POST', '/pack/put', form('asked-22', 'a'), type)).toBe('ok')
})

it.each([
  [{ isBodyLost: true }, 'recorded without the body of its answer'],
  [{ status: 0 }, 'recorded without an answer (status 0)'],
  [{ status: 999 }, 'recorded without an answer (status 999)'],
])('has no answer where the recording has none: %j', async (change, cause) => {
  const ask = asker({ ...entry('GET', '/pack/list', []), ...change })
  expect(await ask('GET', '/pack/list')).toEqual({ cause, nearest: '' })
})

it('gives what is called JSON and is none as it was sent', async () => {
  const broken = { ...entry('GET', '/pack/list', []), responseBody: () => Buffer.from('{"a": \xff', 'latin1') }
  const replay = replayRecorded([entry('GET', '/object_info', {}), broken])
  const answer = (await replay(new Request('http://127.0.0.1:1/pack/list'))) as Response
  expect(Buffer.from(await answer.arrayBuffer()).toString('latin1')).toBe('{"a": \xff')
})

it('lets the headers that choose an answer choose it', async () => {
  const answer = (
    path: string,
    body: string,
    asked: Record<string, string>,
    change: Partial<LoadedEntry> = {},
    type = 'text/plain',
  ) => ({
    ...entry('GET', path, ''),
    requestHeaders: new Headers(asked),
    responseHeaders: new Headers({ 'content-type': type, 'content-length': '5' }),
    responseBody: () => Buffer.from(body),
    ...change,
  })
  const replay = replayRecorded([
    entry('GET', '/object_info', {}),
    answer('/pack/film', 'otter', {}),
    answer('/pack/film', 'tt', { range: 'bytes=1-2' }, { status: 206 }),
    answer('/pack/picture', 'PNG', { accept: 'image/png' }, {}, 'image/png'),
    answer('/pack/picture', 'WEBP', { accept: 'image/webp' }, {}, 'image/webp'),
    answer('/pack/page', '', { 'if-none-match': '"1"' }, { status: 304, isBodyLost: true }),
  ])
  const ask = async (path: string, headers: Record<string, string> = {}, method = 'GET') => {
    const found = await replay(new Request(new URL(path, 'http://127.0.0.1:1'), { method, headers }))
    if (!(found instanceof Response)) return found.nearest.replace(/^.*differs in /, '')
    return `${found.status} ${await found.text()}${method === 'HEAD' ? found.headers.get('content-length') : ''}`
  }
  expect(await ask('/pack/film')).toBe('200 otter')
  expect(await ask('/pack/film', { range: 'bytes=1-2' })).toBe('206 tt')
  expect(await ask('/pack/film', { range: 'bytes=0-1' })).toBe('$.headers.range (nothing, not "bytes=0-1")')
  expect(await ask('/pack/film', {}, 'HEAD')).toBe('200 5')
  expect(await ask('/pack/film')).toBe('200 otter')
  expect(await ask('/pack/picture', { accept: 'image/webp' })).toBe('200 WEBP')
  expect(await ask('/pack/picture', { accept: 'image/png' })).toBe('200 PNG')
  expect(await ask('/pack/picture', { accept: 'text/*, image/png;q=0.5' })).toBe('200 PNG')
  expect(await ask('/pack/picture', { accept: 'image/avif' })).toBe('$.headers.accept ("image/png", not "image/avif")')
  expect(await ask('/pack/page', { 'if-none-match': '"1"' })).toBe('304 ')
  expect(await ask('/pack/page')).toBe('$.headers.if-none-match ("%221%22", not nothing)')
})

it('keeps the tokens of JSON, and the bytes of anything else', async () => {
  const tokens = '{"big": 12345678901234567890, "far": 1e400, "one": 1.50, "zero": -0, "name": "\\u00e9"}'
  const indented = tokens.replaceAll(', ', ',\n  ').replace('{', '{\n  ').replace('}', '\n}')
  const own = '{"nan": NaN,\n "a" : 1}'
  for (const [body, expected] of [
    [indented, tokens],
    [own, own],
  ] as const) {
    const replay = replayRecorded([
      entry('GET', '/object_info', {}),
      { ...entry('GET', '/pack/list', ''), responseBody: () => Buffer.from(body) },
    ])
    const answer = (await replay(new Request('http://127.0.0.1:1/pack/list'))) as Response
    expect(await answer.text()).toBe(expected)
  }
})

it('breaks off where the recorded answer did', async () => {
  const cut = { ...entry('GET', '/pack/film', ''), responseBody: () => Buffer.from('ott'), cut: 'the server went away' }
  const replay = replayRecorded([entry('GET', '/object_info', {}), cut])
  const reader = ((await replay(new Request('http://127.0.0.1:1/pack/film'))) as Response).body!.getReader()
  expect(Buffer.from((await reader.read()).value as Uint8Array).toString()).toBe('ott')
  await expect(reader.read()).rejects.toThrow('the server went away')
})

it('compares a body that was not kept by its hash, and says that it cannot without one', async () => {
  const ask = asker(
    { ...entry('POST', '/pack/put', 'put'), lostRequest: hashOf('otter') },
    { ...entry('POST', '/pack/send', 'sent'), lostRequest: '' },
  )
  expect(await ask('POST', '/pack/put', 'otter')).toBe('put')
  const why = (route: string) => ({
    cause: 'never recorded like this',
    nearest: `POST /pack/${route}, which is recorded and differs in $.body (which the recording does not have)`,
  })
  expect(await ask('POST', '/pack/put', 'glade')).toEqual(why('put'))
  expect(await ask('POST', '/pack/send', 'otter')).toEqual(why('send'))
})

it('refuses a socket that is not of ComfyUI in words', async () => {
  const ask = asker({ ...entry('GET', '/pack/terminal', ''), status: 101, frames: [] })
  expect(await ask('GET', '/pack/terminal')).toEqual({
    cause: 'recorded as a socket, and none but that of /ws is replayed',
    nearest: '',
  })
})
