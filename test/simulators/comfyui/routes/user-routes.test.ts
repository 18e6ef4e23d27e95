import { expect, it } from 'vitest'
import { comfyuiKnowledge } from '../../../../src/recording/comfyui-knowledge.ts'
import type { LoadedEntry } from '../../../../src/recording/loaded-entry.ts'
import { comfyuiSimulator } from '../../../../src/simulators/comfyui/simulator.ts'
import { stillClock } from '../../still-clock.ts'
import { knowledge, ORIGIN } from '../reach-simulator.ts'

/** A server as recorded, with more that was asked of it; gives status and text of each answer. */
function server(...more: LoadedEntry[]) {
  const entries = [...knowledge.entries, ...more]
  const { http } = comfyuiSimulator({ knowledge: comfyuiKnowledge(entries), clock: stillClock(), newId: () => 'id' })
  return async (method: string, path: string, body?: string) => {
    const answer = await http(new Request(ORIGIN + path, { method, ...(body === undefined ? {} : { body }) }))
    return [answer.status, await answer.text()]
  }
}

function recorded(method: string, path: string, answer: string, sent = ''): LoadedEntry {
  const { host } = knowledge.entries.find(({ url }) => url.pathname.endsWith('/object_info'))!.url
  return {
    startedAt: 0,
    took: 1,
    method,
    url: new URL(path, `http://${host}`),
    requestHeaders: new Headers({ 'content-type': 'application/json' }),
    requestBody: () => Buffer.from(sent),
    status: 200,
    responseHeaders: new Headers({ 'content-type': 'application/json; charset=utf-8' }),
    responseBody: () => Buffer.from(answer),
    frames: null,
    comment: '',
    facts: {},
  }
}

it('keeps settings, each and all', async () => {
  const ask = server()
  expect([
    await ask('POST', '/settings/Comfy.Locale', '"de"'),
    await ask('POST', '/api/settings', '{"a": 1.0, "b": [1]}'),
    await ask('GET', '/settings'),
    await ask('GET', '/api/settings/a'),
    await ask('GET', '/settings/none'),
    await ask('POST', '/settings', '[]'),
    await ask('POST', '/settings', '{'),
  ]).toEqual([
    [200, ''],
    [200, ''],
    [200, '{"Comfy.Locale": "de", "a": 1.0, "b": [1]}'],
    [200, '1.0'],
    [200, 'null'],
    [500, '500 Internal Server Error\n\nServer got itself in trouble'],
    [500, '500 Internal Server Error\n\nServer got itself in trouble'],
  ])
})

it('keeps the files of its user', async () => {
  const ask = server()
  expect([
    await ask('POST', '/api/userdata/workflows%2Fmy%20films%2Fa.json', '{"nodes": []}'),
    await ask('POST', '/userdata/workflows%2Fb.json?full_info=true', 'otter'),
    await ask('POST', '/userdata/workflows%2Fb.json?overwrite=false', 'x'),
    await ask('POST', '/userdata/workflows%2F.index.json', ''),
    await ask('GET', '/userdata?dir=workflows'),
    await ask('GET', '/userdata?dir=workflows&recurse=true'),
    await ask('GET', '/userdata?dir=workflows&recurse=true&split=true'),
    await ask('GET', '/userdata?dir=workflows&full_info=true'),
    await ask('GET', '/v2/userdata?path=workflows%2Fmy%20films'),
    await ask('GET', '/userdata/workflows%2Fb.json'),
    await ask('POST', '/userdata/workflows%2Fb.json/move/c.json'),
    await ask('GET', '/userdata/workflows%2Fb.json'),
    await ask('DELETE', '/userdata/c.json'),
    await ask('DELETE', '/userdata/c.json'),
    await ask('GET', '/userdata/c.json'),
  ]).toEqual([
    [200, '"workflows/my films/a.json"'],
    [200, '{"path": "workflows/b.json", "size": 5, "modified": 1795435200000, "created": 1795435200000}'],
    [409, 'File already exists'],
    [200, '"workflows/.index.json"'],
    [200, '["b.json"]'],
    [200, '["my films/a.json", "b.json"]'],
    [200, '[["my films/a.json", "my films", "a.json"], ["b.json", "b.json"]]'],
    [200, '[{"path": "b.json", "size": 5, "modified": 1795435200000, "created": 1795435200000}]'],
    [
      200,
      '[{"name": "a.json", "path": "workflows/my films/a.json", "type": "file", "size": 13, "modified": 1795435200.0}]',
    ],
    [200, 'otter'],
    [200, '"c.json"'],
    [404, ''],
    [204, ''],
    [404, ''],
    [404, ''],
  ])
})

it('lets no name lead out of the folder of its user', async () => {
  const ask = server()
  expect([
    await ask('POST', '/userdata/..%2Fother%2Fa.json', 'x'),
    await ask('GET', '/userdata/%252e%252e%252fa.json'),
    await ask('GET', '/userdata?dir=../other'),
    await ask('GET', '/v2/userdata?path=/etc'),
  ]).toEqual([
    [403, ''],
    [403, ''],
    [403, 'Invalid directory'],
    [400, 'Invalid path requested'],
  ])
})

it('makes users, but none twice', async () => {
  const ask = server()
  expect([
    await ask('POST', '/users', '{"username": "Otter & Co"}'),
    await ask('POST', '/users', '{"username": "Otter & Co"}'),
    await ask('POST', '/users', '{"username": " "}'),
    await ask('POST', '/users', '{}'),
  ]).toEqual([
    [200, '"Otter-Co_id"'],
    [400, '{"error": "Duplicate username."}'],
    [400, '{"error": "username not provided"}'],
    [500, '500 Internal Server Error\n\nServer got itself in trouble'],
  ])
})

it('answers as recorded until a client does something else than the recorded one', async () => {
  const ask = server(
    recorded('GET', '/settings', '{"theme": "dark"}'),
    recorded('POST', '/settings/theme', '', '"light"'),
    recorded('GET', '/settings', '{"theme": "light", "seen": 1}'),
    recorded('GET', '/userdata?dir=workflows', '["a.json"]'),
    recorded('GET', '/userdata/workflows%2Fa.json', '{"nodes":[]}'),
  )
  expect([
    await ask('GET', '/settings'),
    await ask('GET', '/userdata?dir=workflows'),
    await ask('GET', '/userdata/workflows%2Fa.json'),
    await ask('GET', '/userdata/workflows%2Fb.json'),
    await ask('POST', '/settings/theme', '"blue"'),
    await ask('GET', '/settings'),
    await ask('GET', '/userdata?dir=workflows'),
  ]).toEqual([
    [200, '{"theme": "dark"}'],
    [200, '["a.json"]'],
    [200, '{"nodes":[]}'],
    [404, ''],
    [200, ''],
    [200, '{"theme": "blue", "seen": 1}'],
    [200, '["a.json"]'],
  ])
})

it('says so where the recording has not kept what was answered', async () => {
  const lost = (path: string) => ({ ...recorded('GET', path, ''), isBodyLost: true })
  const ask = server(lost('/settings'), lost('/extensions'))
  expect([(await ask('GET', '/settings'))[0], (await ask('GET', '/extensions'))[0]]).toEqual([501, 501])
})
