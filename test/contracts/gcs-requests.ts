import { createHash } from 'node:crypto'
import { expect, onTestFinished } from 'vitest'
import { crc32c, crc32cBase64 } from '../../src/domain/crc32c.ts'

/** A service reached in one of the ways there are. Addresses of requests begin with `origin`. */
export interface Reached {
  readonly origin: string
  send(request: Request): Promise<Response>
  close(): Promise<void>
}

export const KIB = 1024

type Send = Reached['send']

export async function reached(reach: () => Promise<Reached>): Promise<Reached> {
  const service = await reach()
  onTestFinished(() => service.close())
  return service
}

export function sessionRequest(origin: string, name: string, metadata: object, query = '', headers = {}): Request {
  const address = `${origin}/upload/storage/v1/b/bkt/o?${new URLSearchParams({ name, uploadType: 'resumable' })}${query}`
  return new Request(address, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-upload-content-type': 'video/mp4', ...headers },
    body: JSON.stringify(metadata),
  })
}

export async function session(send: Send, origin: string, name: string, metadata = {}, headers = {}, query = '') {
  const response = await drained(send(sessionRequest(origin, name, metadata, query, headers)))
  return response.headers.get('location')!
}

export function put(
  send: Send,
  uri: string,
  range: string,
  body: Uint8Array<ArrayBuffer> = bytes(0),
): Promise<Response> {
  return send(new Request(uri, { method: 'PUT', headers: { 'content-range': range }, body }))
}

export function mediaRequest(origin: string, name: string, body: Uint8Array<ArrayBuffer>): Request {
  const query = new URLSearchParams({ uploadType: 'media', name })
  const headers = { 'content-type': 'text/plain' }
  return new Request(`${origin}/upload/storage/v1/b/bkt/o?${query}`, { method: 'POST', headers, body })
}

export function multipartRequest(origin: string, name: string, metadata: object, content: Uint8Array): Request {
  const head = `--B1\r\nContent-Type: application/json\r\n\r\n${JSON.stringify(metadata)}\r\n--B1\r\nContent-Type: image/webp\r\n\r\n`
  return new Request(`${origin}/upload/storage/v1/b/bkt/o?uploadType=multipart&name=${encodeURIComponent(name)}`, {
    method: 'POST',
    headers: { 'content-type': 'multipart/related; boundary=B1' },
    body: Buffer.concat([Buffer.from(head), content, Buffer.from('\r\n--B1--')]),
  })
}

export async function told(response: Response) {
  await response.arrayBuffer()
  return { status: response.status, range: response.headers.get('range') }
}

export async function refusal(response: Response) {
  const { error } = (await response.json()) as { error: { code: number; errors: { reason: string }[] } }
  expect(error.code).toBe(response.status)
  return { status: error.code, reason: error.errors[0]?.reason }
}

export async function drained(response: Promise<Response>): Promise<Response> {
  const answer = await response
  await answer.clone().arrayBuffer()
  return answer
}

export function bytes(size: number): Uint8Array<ArrayBuffer> {
  return Uint8Array.from({ length: size }, (_, index) => (index * 31 + (index >> 8)) & 0xff)
}

export function digests(content: Uint8Array) {
  return {
    size: String(content.byteLength),
    md5Hash: createHash('md5').update(content).digest('base64'),
    crc32c: crc32cBase64(crc32c(content)),
  }
}
