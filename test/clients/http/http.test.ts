import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { expect, it, onTestFinished } from 'vitest'
import { createHttp, type HttpOptions } from '../../../src/clients/http/http.ts'
import { loopbackCertificate } from '../../support/certificates.ts'

type Listener = (request: IncomingMessage, response: ServerResponse, attempt: number) => void

/** A server that counts its requests, and a client for it. */
async function reach(
  listener: Listener,
  options: Partial<HttpOptions> & { path?: string; tls?: { key: string; cert: string } } = {},
) {
  const seen: IncomingMessage[] = []
  const handle = (request: IncomingMessage, response: ServerResponse) => listener(request, response, seen.push(request))
  const server = options.tls ? createTlsServer(options.tls, handle) : createServer(handle)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  const base = new URL(`${options.tls ? 'https' : 'http'}://127.0.0.1:${port}${options.path ?? ''}`)
  const http = createHttp({ ...NAMING, base, ...options })
  onTestFinished(async () => {
    await http.close()
    server.closeAllConnections()
    server.close()
  })
  return { http, seen, base, server }
}

const NAMING = {
  service: 'ComfyUI',
  codes: { unreachable: 'PR_COMFY_UNREACHABLE', http: 'PR_COMFY_HTTP' },
  unreachableHint: 'start it',
  deniedHint: 'give a token',
} as const

const echo: Listener = (request, response) =>
  response.end(JSON.stringify({ url: request.url, headers: request.headers }))

async function failureOf(promise: Promise<unknown>) {
  const error = await promise.then(
    () => expect.fail('it was expected to fail'),
    (reason: unknown) => reason,
  )
  const { code, message, hint } = error as { code: string; message: string; hint: string }
  return { code, message: message.replace(/127\.0\.0\.1:\d+/g, 'HOST'), hint }
}

it('keeps the path of its base and encodes the query', async () => {
  const { http } = await reach(echo, { path: '/comfy/' })
  expect(await http.json('/view', { query: { filename: 'a b&c.png' } })).toMatchObject({
    url: '/comfy/view?filename=a+b%26c.png',
  })
})

it('sends token and extra headers with every request, and lets headers win', async () => {
  const { http, seen } = await reach(echo, { token: 'secret', headers: { 'X-Tenant': 'blue' } })
  await http.json('/')
  expect(seen[0]!.headers).toMatchObject({ authorization: 'Bearer secret', 'x-tenant': 'blue' })
  const other = await reach(echo, { token: 'secret', headers: { Authorization: 'Token other' } })
  await other.http.json('/')
  expect(other.seen[0]!.headers).toMatchObject({ authorization: 'Token other' })
})

it('takes user and password from the address and shows neither', async () => {
  const { base } = await reach((_, response) => response.writeHead(401).end())
  const http = createHttp({ ...NAMING, base: new URL(base.href.replace('://', '://me:p%40ss@')) })
  onTestFinished(() => http.close())
  expect(http.headers['authorization']).toBe(`Basic ${Buffer.from('me:p@ss').toString('base64')}`)
  expect(await failureOf(http.text('/queue'))).toEqual({
    code: 'PR_COMFY_HTTP',
    message: 'GET http://HOST/queue: ComfyUI answered 401',
    hint: 'give a token',
  })
})

it('sends JSON with its type', async () => {
  const { http } = await reach((request, response) =>
    request.pipe(response.setHeader('x-type', request.headers['content-type']!)),
  )
  const answer = await http.request('/prompt', { method: 'POST', json: { a: [1, null] } })
  expect([answer.headers['x-type'], await answer.text()]).toEqual(['application/json', '{"a":[1,null]}'])
})

it('trusts an authority of its own, and says so when it is missing', async () => {
  const tls = loopbackCertificate
  const trusting = await reach(echo, { tls, ca: tls.cert })
  expect(await trusting.http.json('/')).toMatchObject({ url: '/' })
  const doubting = await reach(echo, { tls })
  expect(await failureOf(doubting.http.json('/queue'))).toEqual({
    code: 'PR_COMFY_UNREACHABLE',
    message:
      'GET https://HOST/queue: ComfyUI does not answer: its certificate is self-signed (DEPTH_ZERO_SELF_SIGNED_CERT)',
    hint: 'give the authority that signed it as a PEM file with --ca',
  })
})

it('says that nothing listens', async () => {
  const { http, server } = await reach(echo)
  await new Promise((resolve) => server.close(resolve))
  expect(await failureOf(http.text('/queue'))).toEqual({
    code: 'PR_COMFY_UNREACHABLE',
    message: 'GET http://HOST/queue: ComfyUI does not answer: connection refused (ECONNREFUSED)',
    hint: 'start it',
  })
})

it('asks a proxy three times for a server that is not ready, then names the page it got', async () => {
  const page = '<!DOCTYPE html><html><head><title>502: Bad\n gateway</title></head></html>'
  const { http, seen } = await reach((_, response) =>
    response.writeHead(502, { 'content-type': 'text/html' }).end(page),
  )
  expect(await failureOf(http.text('/system_stats'))).toEqual({
    code: 'PR_COMFY_UNREACHABLE',
    message:
      'GET http://HOST/system_stats: ComfyUI answered 502: an HTML page titled "502: Bad gateway", probably from a proxy in front of ComfyUI',
    hint: 'a proxy stands at this address and ComfyUI behind it is not ready or has stopped',
  })
  expect(seen).toHaveLength(3)
})

it('shows nothing of an answer that is no text', async () => {
  const { http } = await reach((_, response) => response.writeHead(500).end(Buffer.from([0, 1, 2, 0xff])))
  const { message } = await failureOf(http.text('/system_stats'))
  expect(message).toBe('GET http://HOST/system_stats: ComfyUI answered 500: 4 characters that are no text')
})

it.each(['GET', 'HEAD'] as const)('gets over a connection that breaks once at a %s', async (method) => {
  const { http, seen } = await reach((request, response, attempt) => {
    if (attempt === 1) request.socket.destroy()
    else response.end('well')
  })
  expect(await http.text('/queue', { method })).toBe(method === 'GET' ? 'well' : '')
  expect(seen).toHaveLength(2)
})

it.each([
  ['a broken connection', (request) => request.socket.destroy()],
  ['a proxy that timed out', (_, response) => response.writeHead(524).end()],
] as [string, Listener][])('never sends a POST again after %s', async (_, listener) => {
  const { http, seen } = await reach(listener)
  await failureOf(http.text('/prompt', { method: 'POST', json: {} }))
  expect(seen).toHaveLength(1)
})

it('says that a proxy gave up while the server may be working', async () => {
  const { http } = await reach((_, response) => response.writeHead(524).end('error code: 524'))
  expect(await failureOf(http.text('/prompt', { method: 'POST', json: {} }))).toEqual({
    code: 'PR_COMFY_UNREACHABLE',
    message: 'POST http://HOST/prompt: ComfyUI answered 524: error code: 524',
    hint: 'a proxy gave up waiting (Cloudflare does after 100 seconds); the server may still be working on it',
  })
})

it('names the address that it is sent away to', async () => {
  const { http } = await reach((_, response) => response.writeHead(302, { location: 'https://login.example/' }).end())
  expect(await failureOf(http.text('/queue'))).toEqual({
    code: 'PR_COMFY_HTTP',
    message: 'GET http://HOST/queue: ComfyUI answered 302 to https://login.example/',
    hint: 'use the address that it redirects to; when that is a login: give a token',
  })
})

it('says that a port speaks plain HTTP', async () => {
  const { server } = await reach(echo)
  const { port } = server.address() as AddressInfo
  const http = createHttp({ ...NAMING, base: new URL(`https://127.0.0.1:${port}`) })
  onTestFinished(() => http.close())
  const failed = await http.text('/queue').catch((error) => error)
  expect(failed).toMatchObject({
    code: 'PR_COMFY_UNREACHABLE',
    message: expect.stringContaining('ComfyUI does not answer: it answered without TLS'),
    hint: 'the port speaks plain HTTP: give the address with http:// instead of https://',
    retryAfter: null,
  })
})

it('says that a port speaks no HTTP', async () => {
  const { http } = await reach(echo, { tls: loopbackCertificate })
  const plain = createHttp({ ...NAMING, base: new URL(http.url('/').href.replace('https:', 'http:')) })
  onTestFinished(() => plain.close())
  const failed = await plain.text('/queue').catch((error) => error)
  expect([failed.code, failed.hint]).toEqual(['PR_COMFY_UNREACHABLE', expect.stringMatching(/wants https|start it/)])
})

it.each([
  ['a page of HTML, as a proxy says it for a server that is away', '<html><title>404 page</title></html>', 0],
  ['its own words', '404: Not Found', null],
])('takes a 404 in %s', async (_, body, retryAfter) => {
  const { http } = await reach((_, response) => response.writeHead(404).end(body))
  expect(await http.text('/history/p').catch((error) => error)).toMatchObject({ code: 'PR_COMFY_HTTP', retryAfter })
})

it('shows what came instead of JSON', async () => {
  const { http } = await reach((_, response) => response.end('<title>Sign in</title>'))
  expect(await failureOf(http.json('/queue'))).toEqual({
    code: 'PR_COMFY_HTTP',
    message:
      'GET http://HOST/queue: ComfyUI answered what it never should: an HTML page titled "Sign in", probably from a proxy in front of ComfyUI',
    hint: 'check that the address is that of ComfyUI itself and not of a page or login in front of it',
  })
})

it('says that an answer broke off', async () => {
  const { http } = await reach((_, response) => {
    response.writeHead(200, { 'content-length': '100' }).write('{"a":')
    setImmediate(() => response.destroy())
  })
  expect(await failureOf(http.json('/history'))).toMatchObject({ code: 'PR_COMFY_UNREACHABLE', hint: 'start it' })
})

it('stops with the reason of its signal', async () => {
  const abort = new AbortController()
  const { http } = await reach(() => abort.abort(new Error('cancelled')))
  await expect(http.text('/queue', { signal: abort.signal })).rejects.toThrow('cancelled')
})
