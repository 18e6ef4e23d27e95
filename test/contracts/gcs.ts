import { createHash } from 'node:crypto'
import { describe, expect, it, onTestFinished } from 'vitest'
import { crc32c, crc32cBase64 } from '../../src/simulators/crc32c.ts'

/** A service reached in one of the ways there are. Addresses of requests begin with `origin`. */
export interface Reached {
  readonly origin: string
  send(request: Request): Promise<Response>
  close(): Promise<void>
}

const KIB = 1024

/** Every way of reaching the GCS simulator, with any bucket existing and bytes kept, must pass the same contract. */
export function gcsContract(name: string, reach: () => Promise<Reached>): void {
  describe(`${name}: resumable uploads`, () => {
    it('starts a session at an address built from the request itself', async () => {
      const { send, origin } = await reached(reach)
      const response = await send(sessionRequest(origin, 'a/b c.webp', {}, '&ifGenerationMatch=0'))
      expect(response.status).toBe(200)
      expect(await response.text()).toBe('')
      const location = new URL(response.headers.get('location')!)
      expect(location.origin).toBe(origin)
      expect(location.pathname).toBe('/upload/storage/v1/b/bkt/o')
      expect(location.searchParams.get('name')).toBe('a/b c.webp')
      expect(location.searchParams.get('upload_id')).toMatch(/./)
    })

    it('takes chunks, tells what it holds, and answers the object at the end and ever after', async () => {
      const { send, origin } = await reached(reach)
      const content = bytes(600 * KIB)
      const uri = await session(send, origin, 'film.mp4', { metadata: { run: 'r1', n: 3 } })
      expect(await told(await put(send, uri, 'bytes */*'))).toEqual({ status: 308, range: null })
      const first = await put(send, uri, `bytes 0-${512 * KIB - 1}/*`, content.subarray(0, 512 * KIB))
      expect(await told(first)).toEqual({ status: 308, range: 'bytes=0-524287' })
      expect(first.headers.get('location')).toBe(null)
      expect(await told(await put(send, uri, 'bytes */*'))).toEqual({ status: 308, range: 'bytes=0-524287' })
      const last = await put(send, uri, `bytes ${512 * KIB}-${600 * KIB - 1}/${600 * KIB}`, content.subarray(512 * KIB))
      const object = await last.json()
      expect(last.status).toBe(200)
      expect(object).toMatchObject({ name: 'film.mp4', metadata: { run: 'r1', n: '3' }, ...digests(content) })
      const again = await put(send, uri, 'bytes */*')
      expect([again.status, await again.json()]).toEqual([200, object])
    })

    it('keeps whole quarters of a MiB of a chunk of another size, and ignores bytes that it holds', async () => {
      const { send, origin } = await reached(reach)
      const content = bytes(700 * KIB)
      const uri = await session(send, origin, 'odd')
      const first = await put(send, uri, `bytes 0-${300 * KIB - 1}/*`, content.subarray(0, 300 * KIB))
      expect(await told(first)).toEqual({ status: 308, range: 'bytes=0-262143' })
      const rest = await put(send, uri, `bytes 0-${700 * KIB - 1}/${700 * KIB}`, content)
      expect(await rest.json()).toMatchObject(digests(content))
    })

    it('takes a body of unknown length, and an empty one', async () => {
      const { send, origin } = await reached(reach)
      for (const content of [bytes(1000), bytes(0)]) {
        const uri = await session(send, origin, `stream-${content.length}`)
        const response = await put(send, uri, 'bytes 0-*/*', content)
        expect(await response.json()).toMatchObject(digests(content))
      }
    })

    it('is finished by a status check that names the size held', async () => {
      const { send, origin } = await reached(reach)
      const content = bytes(256 * KIB)
      const uri = await session(send, origin, 'late')
      await drained(put(send, uri, `bytes 0-${256 * KIB - 1}/*`, content))
      const response = await put(send, uri, `bytes */${256 * KIB}`)
      expect(await response.json()).toMatchObject(digests(content))
    })

    it.each([
      ['a gap', 'bytes 262144-524287/*', 256 * KIB],
      ['a small chunk that is not the last', 'bytes 0-999/*', 1000],
      ['a body shorter than its range', `bytes 0-${512 * KIB - 1}/*`, 300 * KIB],
      ['the range of an empty chunk', 'bytes 0--1/0', 0],
      ['a size other than the declared one', 'bytes 0-999/1000', 1000],
    ])('refuses %s', async (_, range, size) => {
      const { send, origin } = await reached(reach)
      const uri = await session(send, origin, 'refused', {}, { 'x-upload-content-length': '2000' })
      expect(await refusal(await put(send, uri, range, bytes(size)))).toEqual({ status: 400, reason: 'invalid' })
    })

    it('refuses content that has not the declared checksum, and stores nothing', async () => {
      const { send, origin } = await reached(reach)
      const uri = await session(send, origin, 'wrong', { crc32c: 'AAAAAA==' })
      const refused = { status: 400, reason: 'invalid' }
      expect(await refusal(await put(send, uri, 'bytes 0-9/10', bytes(10)))).toEqual(refused)
      expect(await refusal(await put(send, uri, 'bytes */*'))).toEqual(refused)
      expect((await send(new Request(`${origin}/storage/v1/b/bkt/o/wrong`))).status).toBe(404)
    })

    it('answers 499 to the end of a session, 410 after it, and 404 for one it never knew', async () => {
      const { send, origin } = await reached(reach)
      const uri = await session(send, origin, 'cancelled')
      expect((await send(new Request(uri, { method: 'DELETE' }))).status).toBe(499)
      expect((await refusal(await put(send, uri, 'bytes */*'))).status).toBe(410)
      expect((await refusal(await put(send, `${uri}x`, 'bytes */*'))).status).toBe(404)
    })

    it('checks that the name is free at the start and again at the end', async () => {
      const { send, origin } = await reached(reach)
      const early = await session(send, origin, 'taken', {}, {}, '&ifGenerationMatch=0')
      await drained(send(mediaRequest(origin, 'taken', bytes(3))))
      const failed = { status: 412, reason: 'conditionNotMet' }
      expect(await refusal(await put(send, early, 'bytes 0-9/10', bytes(10)))).toEqual(failed)
      expect(await refusal(await send(sessionRequest(origin, 'taken', {}, '&ifGenerationMatch=0')))).toEqual(failed)
    })
  })

  describe(`${name}: other uploads`, () => {
    it('takes metadata and content in one multipart body', async () => {
      const { send, origin } = await reached(reach)
      const content = Buffer.concat([Buffer.from('\r\n--B\r\n'), bytes(5000), Buffer.from('\r\n--')])
      const response = await send(multipartRequest(origin, 'multi', { cacheControl: 'no-cache' }, content))
      expect(await response.json()).toMatchObject({
        contentType: 'image/webp',
        cacheControl: 'no-cache',
        ...digests(content),
      })
    })

    it('refuses two different names', async () => {
      const { send, origin } = await reached(reach)
      const response = await send(sessionRequest(origin, 'one', { name: 'two' }))
      expect(await refusal(response)).toEqual({ status: 400, reason: 'invalid' })
    })
  })

  describe(`${name}: objects`, () => {
    it('answers the full resource, the bytes, and 404', async () => {
      const { send, origin } = await reached(reach)
      const content = bytes(10)
      await drained(send(mediaRequest(origin, 'a/ü#?.txt', content)))
      const path = `b/bkt/o/${encodeURIComponent('a/ü#?.txt')}`
      const object = (await (await send(new Request(`${origin}/storage/v1/${path}?`))).json()) as Record<string, string>
      const { generation, timeCreated } = object
      expect(object).toEqual({
        kind: 'storage#object',
        id: `bkt/a/ü#?.txt/${generation}`,
        selfLink: `${origin}/storage/v1/${path}`,
        mediaLink: `${origin}/download/storage/v1/${path}?generation=${generation}&alt=media`,
        name: 'a/ü#?.txt',
        bucket: 'bkt',
        generation: expect.stringMatching(/^\d{16}$/),
        metageneration: '1',
        storageClass: 'STANDARD',
        contentType: 'text/plain',
        ...digests(content),
        etag: expect.any(String),
        timeCreated,
        updated: timeCreated,
        timeStorageClassUpdated: timeCreated,
        timeFinalized: timeCreated,
      })
      const media = await send(new Request(object['mediaLink']!))
      expect(media.headers.get('x-goog-hash')).toBe(`crc32c=${object['crc32c']},md5=${object['md5Hash']}`)
      expect(Buffer.from(await media.arrayBuffer())).toEqual(Buffer.from(content))
      // Where clients look that were given the address of an emulator.
      expect(await (await send(new Request(`${origin}/${path}`))).json()).toEqual(object)
      const missing = await send(new Request(`${origin}/storage/v1/b/bkt/o/none`))
      expect(await missing.json()).toEqual({
        error: {
          code: 404,
          message: 'No such object: bkt/none',
          errors: [{ message: 'No such object: bkt/none', domain: 'global', reason: 'notFound' }],
        },
      })
    })

    it('lists by prefix and delimiter, page by page', async () => {
      const { send, origin } = await reached(reach)
      for (const object of ['b', 'runs/2/x', 'runs/1/x', 'runs/a', 'runs/1/y']) {
        await drained(send(mediaRequest(origin, object, bytes(1))))
      }
      const list = async (query: string) => {
        const page = (await (await send(new Request(`${origin}/storage/v1/b/bkt/o?${query}`))).json()) as ListAnswer
        return { names: page.items?.map((item) => item.name), prefixes: page.prefixes, next: page.nextPageToken }
      }
      expect(await list('prefix=runs%2F')).toEqual({
        names: ['runs/1/x', 'runs/1/y', 'runs/2/x', 'runs/a'],
        prefixes: undefined,
        next: undefined,
      })
      const first = await list('prefix=runs%2F&delimiter=%2F&maxResults=2')
      expect(first).toEqual({ names: undefined, prefixes: ['runs/1/', 'runs/2/'], next: expect.any(String) })
      const second = await list(
        `prefix=runs%2F&delimiter=%2F&maxResults=2&pageToken=${encodeURIComponent(first.next!)}`,
      )
      expect(second).toEqual({ names: ['runs/a'], prefixes: undefined, next: undefined })
    })

    it('changes metadata key by key and counts it', async () => {
      const { send, origin } = await reached(reach)
      await drained(send(multipartRequest(origin, 'p', { metadata: { a: '1', b: '2' } }, bytes(1))))
      const body = JSON.stringify({ metadata: { a: null, c: '3' }, cacheControl: 'no-store' })
      const response = await send(new Request(`${origin}/storage/v1/b/bkt/o/p`, { method: 'PATCH', body }))
      expect(await response.json()).toMatchObject({
        metageneration: '2',
        metadata: { b: '2', c: '3' },
        cacheControl: 'no-store',
        contentType: 'image/webp',
      })
    })

    it('deletes only the generation that is meant', async () => {
      const { send, origin } = await reached(reach)
      await drained(send(mediaRequest(origin, 'd', bytes(1))))
      const remove = (query: string) =>
        send(new Request(`${origin}/storage/v1/b/bkt/o/d?${query}`, { method: 'DELETE' }))
      expect((await refusal(await remove('ifGenerationMatch=1'))).status).toBe(412)
      expect((await remove('')).status).toBe(204)
      expect((await refusal(await remove(''))).status).toBe(404)
    })

    it('answers a bucket by the recording, under the name that was asked for', async () => {
      const { send, origin } = await reached(reach)
      expect(await (await send(new Request(`${origin}/storage/v1/b/bkt?`))).json()).toMatchObject({
        kind: 'storage#bucket',
        id: 'bkt',
        name: 'bkt',
        location: 'US',
        selfLink: `${origin}/storage/v1/b/bkt`,
      })
    })
  })

  it(`${name}: answers 501 to a route that it does not know`, async () => {
    const { send, origin } = await reached(reach)
    const response = await send(new Request(`${origin}/storage/v1/projects/p/hmacKeys`))
    expect([response.status, await response.json()]).toEqual([
      501,
      {
        error: {
          code: 501,
          message: 'The simulator has no answer to GET /storage/v1/projects/p/hmacKeys.',
          errors: [
            {
              message: 'The simulator has no answer to GET /storage/v1/projects/p/hmacKeys.',
              domain: 'global',
              reason: 'notImplemented',
            },
          ],
        },
      },
    ])
  })
}

interface ListAnswer {
  items?: { name: string }[]
  prefixes?: string[]
  nextPageToken?: string
}

type Send = Reached['send']

async function reached(reach: () => Promise<Reached>): Promise<Reached> {
  const service = await reach()
  onTestFinished(() => service.close())
  return service
}

function sessionRequest(origin: string, name: string, metadata: object, query = '', headers = {}): Request {
  const address = `${origin}/upload/storage/v1/b/bkt/o?${new URLSearchParams({ name, uploadType: 'resumable' })}${query}`
  return new Request(address, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-upload-content-type': 'video/mp4', ...headers },
    body: JSON.stringify(metadata),
  })
}

async function session(send: Send, origin: string, name: string, metadata = {}, headers = {}, query = '') {
  const response = await drained(send(sessionRequest(origin, name, metadata, query, headers)))
  return response.headers.get('location')!
}

function put(send: Send, uri: string, range: string, body: Uint8Array<ArrayBuffer> = bytes(0)): Promise<Response> {
  return send(new Request(uri, { method: 'PUT', headers: { 'content-range': range }, body }))
}

function mediaRequest(origin: string, name: string, body: Uint8Array<ArrayBuffer>): Request {
  const query = new URLSearchParams({ uploadType: 'media', name })
  const headers = { 'content-type': 'text/plain' }
  return new Request(`${origin}/upload/storage/v1/b/bkt/o?${query}`, { method: 'POST', headers, body })
}

function multipartRequest(origin: string, name: string, metadata: object, content: Uint8Array): Request {
  const head = `--B1\r\nContent-Type: application/json\r\n\r\n${JSON.stringify(metadata)}\r\n--B1\r\nContent-Type: image/webp\r\n\r\n`
  return new Request(`${origin}/upload/storage/v1/b/bkt/o?uploadType=multipart&name=${encodeURIComponent(name)}`, {
    method: 'POST',
    headers: { 'content-type': 'multipart/related; boundary=B1' },
    body: Buffer.concat([Buffer.from(head), content, Buffer.from('\r\n--B1--')]),
  })
}

async function told(response: Response) {
  await response.arrayBuffer()
  return { status: response.status, range: response.headers.get('range') }
}

async function refusal(response: Response) {
  const { error } = (await response.json()) as { error: { code: number; errors: { reason: string }[] } }
  expect(error.code).toBe(response.status)
  return { status: error.code, reason: error.errors[0]?.reason }
}

async function drained(response: Promise<Response>): Promise<Response> {
  const answer = await response
  await answer.clone().arrayBuffer()
  return answer
}

function bytes(size: number): Uint8Array<ArrayBuffer> {
  return Uint8Array.from({ length: size }, (_, index) => (index * 31 + (index >> 8)) & 0xff)
}

function digests(content: Uint8Array) {
  return {
    size: String(content.byteLength),
    md5Hash: createHash('md5').update(content).digest('base64'),
    crc32c: crc32cBase64(crc32c(content)),
  }
}
