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
