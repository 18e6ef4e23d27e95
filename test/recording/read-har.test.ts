import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { readHar } from '../../src/recording/read-har.ts'

it('reads what Chrome exports: sockets in seconds, pseudo headers, no content', async () => {
  const { entries } = await har({
    startedDateTime: '2026-11-23T21:10:32.718456Z',
    time: 12.5,
    request: {
      method: 'GET',
      url: 'wss://gpu.test/ws?clientId=1',
      headers: [{ name: ':authority', value: 'gpu.test' }],
    },
    response: { status: 101, headers: [{ name: 'Upgrade', value: 'websocket' }] },
    _webSocketMessages: [
      { type: 'send', time: 1795468232.77, opcode: 1, data: 'hello' },
      { type: 'receive', time: 1795468232.78, opcode: 2, data: 'AQID' },
      { type: 'error', time: 1795468232.79, opcode: -1, data: 'gone' },
    ],
  })
  const [entry] = entries
  expect(entry).toMatchObject({ method: 'GET', status: 101, took: 12.5, comment: '', facts: {} })
  expect(entry?.startedAt).toBeCloseTo(Date.parse('2026-11-23T21:10:32.718Z') + 0.456, 2)
  expect(entry?.url.href).toBe('https://gpu.test/ws?clientId=1')
  expect([...(entry?.frames ?? [])].map(({ from, at, opcode, data }) => [from, at, opcode, data()])).toEqual([
    ['client', 1795468232770, 1, 'hello'],
    ['server', 1795468232780, 2, Buffer.from([1, 2, 3])],
  ])
})

it('reads what Playwright writes: socket times in milliseconds, bodies in files, null where nothing is', async () => {
  const { entries } = await har(
    {
      startedDateTime: '2026-11-23T21:10:32.718Z',
      time: -1,
      request: {
        method: 'post',
        url: 'http://gpu.test/prompt',
        headers: [],
        postData: { mimeType: 'application/json', text: '{}' },
      },
      response: { status: 200, headers: [], content: { mimeType: 'image/png', _file: 'picture.png' } },
      _webSocketMessages: [{ type: 'receive', time: 1795468232770.5, opcode: 1, data: '' }],
    },
    { 'picture.png': 'PNG' },
  )
  const [entry] = entries
  expect(entry).toMatchObject({ method: 'POST', took: 0 })
  expect(Buffer.from(entry!.requestBody()).toString()).toBe('{}')
  expect(Buffer.from(entry!.responseBody()).toString()).toBe('PNG')
  expect([...(entry?.frames ?? [])][0]?.at).toBe(1795468232770.5)
})

it('reads forms that a browser took apart, texts of other encodings, and what broke off', async () => {
  const request = { method: 'POST', url: 'http://gpu.test/form', headers: [] }
  const answer = (content: object) => ({
    status: 200,
    headers: [{ name: 'Content-Type', value: 'text/plain' }],
    content,
  })
  const form = 'application/x-www-form-urlencoded'
  const { entries } = await har(
    {
      request: { ...request, postData: { mimeType: form, params: [{ name: 'a', value: '1 2' }, { name: 'b' }, null] } },
      response: answer({ mimeType: 'text/plain; charset=iso-8859-1', text: 'é' }),
    },
    {},
    {
      request: {
        ...request,
        postData: { mimeType: 'multipart/form-data; boundary=b', params: [{ name: 'f', fileName: 'o.png' }] },
      },
      response: answer({ mimeType: 'text/plain; charset=shift_jis', text: '川' }),
    },
    { request: { ...request, bodySize: 5 }, response: { ...answer({ text: 'ott' }), _error: 'net::ERR_FAILED' } },
    { request: { ...request, postData: { _sha256: 'abc' } }, response: { ...answer({ text: 'ott' }), _error: '' } },
  )
  const text = (bytes: () => Uint8Array) => Buffer.from(bytes()).toString('latin1')
  const seen = entries.map(({ requestBody, responseBody, responseHeaders, lostRequest, cut }) => [
    text(requestBody),
    lostRequest,
    text(responseBody),
    responseHeaders.get('content-type'),
    cut,
  ])
  expect(seen).toEqual([
    ['a=1+2&b=', undefined, '\xe9', 'text/plain', undefined],
    [
      '--b\r\nContent-Disposition: form-data; name="f"; filename="o.png"\r\n\r\n{{redacted:file}}\r\n--b--\r\n',
      undefined,
      Buffer.from('川').toString('latin1'),
      'text/plain; charset=utf-8',
      undefined,
    ],
    ['', '', 'ott', 'text/plain', 'net::ERR_FAILED'],
    ['', 'abc', 'ott', 'text/plain', undefined],
  ])
})

it('reads headers that no server sends as one could', async () => {
  const value = 'a\u0000b\u0001\u007f\tc\nd'
  const { entries } = await har({
    request: { method: 'GET', url: 'http://gpu.test/a', headers: [] },
    response: {
      status: 200,
      headers: [
        { name: 'X-Otter', value },
        { name: 'no header', value },
      ],
    },
  })
  expect([...entries[0]!.responseHeaders]).toEqual([['x-otter', 'ab\tc, d']])
})

it('reads what mitmproxy writes: sockets under http URLs, bodies in base64', async () => {
  const { entries } = await har({
    startedDateTime: '2026-11-23T21:10:32.718+01:00',
    time: 3,
    request: { method: 'GET', url: 'http://gpu.test/view', headers: [], postData: null },
    response: { status: 200, headers: [], content: { mimeType: 'video/mp4', text: 'AAEC', encoding: 'base64' } },
  })
  expect(entries[0]?.frames).toBeNull()
  expect([...entries[0]!.responseBody()]).toEqual([0, 1, 2])
  expect([...entries[0]!.requestBody()]).toEqual([])
})

it.each(['../outside.bin', '/etc/passwd', 'bodies/../../outside.bin', 'a\0b'])('refuses a body at %j', async (file) => {
  const entry = {
    startedDateTime: '2026-11-23T21:10:32.718Z',
    request: { method: 'GET', url: 'http://gpu.test/view', headers: [] },
    response: { status: 200, headers: [], content: { _file: file } },
  }
  await expect(har(entry)).rejects.toMatchObject({
    code: 'PR_RECORDING',
    message: expect.stringContaining(`names a body outside its own folder: ${JSON.stringify(file)}`),
  })
})

it('says which body is not there', async () => {
  const entry = {
    startedDateTime: '2026-11-23T21:10:32.718Z',
    request: { method: 'GET', url: 'http://gpu.test/view', headers: [] },
    response: { status: 200, headers: [], content: { _file: 'bodies/gone.mp4' } },
  }
  await expect(har(entry)).rejects.toMatchObject({
    code: 'PR_RECORDING',
    message: expect.stringMatching(/ names a body that is not there: bodies\/gone\.mp4 \(entry 1\)$/),
  })
})

it.each([
  ['not json', 'is not JSON, so it cannot be a HAR'],
  ['{"log": {"entries": [{"request": {}}]}}', 'has an entry in which request.method is wrong:'],
  ['[]', 'is not a HAR: the top level:'],
])('refuses %s', async (text, message) => {
  const path = join(await folder(), 'bad.har')
  await writeFile(path, text)
  await expect(readHar(path)).rejects.toMatchObject({ code: 'PR_RECORDING', message: expect.stringContaining(message) })
})

it('says which file cannot be read', async () => {
  await expect(readHar('/nowhere/run.har')).rejects.toMatchObject({
    code: 'PR_RECORDING',
    message: 'the recording /nowhere/run.har cannot be read: there is no such file',
  })
})

async function har(entry: object, files: Record<string, string> = {}, ...more: object[]) {
  const at = await folder()
  for (const [name, content] of Object.entries(files)) await writeFile(join(at, name), content)
  // A byte order mark, as some tools on Windows write it.
  await writeFile(
    join(at, 'run.har'),
    `\uFEFF${JSON.stringify({ log: { version: '1.2', entries: [entry, ...more] } })}`,
  )
  return readHar(join(at, 'run.har'))
}

async function folder(): Promise<string> {
  const made = await mkdtemp(join(tmpdir(), 'pr-har-'))
  onTestFinished(() => rm(made, { recursive: true }))
  return made
}
