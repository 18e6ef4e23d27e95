import { describe, expect, it } from 'vitest'
import {
  bytes,
  digests,
  drained,
  mediaRequest,
  multipartRequest,
  type Reached,
  reached,
  refusal,
} from './gcs-requests.ts'

/** What is done with objects that are there. */
export function gcsObjectContract(name: string, reach: () => Promise<Reached>): void {
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

    it.each([
      ['bytes=2-4', 206, 'bytes 2-4/10', '234'],
      ['bytes=7-', 206, 'bytes 7-9/10', '789'],
      ['bytes=7-99', 206, 'bytes 7-9/10', '789'],
      ['bytes=-3', 206, 'bytes 7-9/10', '789'],
      ['bytes=-99', 206, 'bytes 0-9/10', '0123456789'],
      ['bytes=4-2', 200, null, '0123456789'],
      ['bytes=0-1,4-5', 200, null, '0123456789'],
      ['lines=0-1', 200, null, '0123456789'],
      ['bytes=10-', 416, 'bytes */10', NOT_SATISFIABLE],
      ['bytes=-0', 416, 'bytes */10', NOT_SATISFIABLE],
    ])('answers the range %s with %d', async (range, status, contentRange, body) => {
      const { send, origin } = await reached(reach)
      await drained(send(mediaRequest(origin, 'digits', new TextEncoder().encode('0123456789'))))
      const answer = await send(new Request(`${origin}/storage/v1/b/bkt/o/digits?alt=media`, { headers: { range } }))
      expect([answer.status, answer.headers.get('content-range'), await answer.text()]).toEqual([
        status,
        contentRange,
        body,
      ])
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

    it('asks of an object what the request asks of its generations', async () => {
      const { send, origin } = await reached(reach)
      const stored = (await (await send(mediaRequest(origin, 'c', bytes(1)))).json()) as Record<string, string>
      const { generation } = stored
      const asked = async (query: string) => {
        const response = await send(new Request(`${origin}/storage/v1/b/bkt/o/c?${query}`))
        await response.arrayBuffer()
        return response.status
      }
      expect(await asked(`ifGenerationMatch=${generation}`)).toBe(200)
      expect(await asked('ifGenerationMatch=1')).toBe(412)
      expect(await asked('ifGenerationMatch=0')).toBe(412)
      expect(await asked(`ifGenerationNotMatch=${generation}`)).toBe(304)
      expect(await asked('ifGenerationNotMatch=1')).toBe(200)
      expect(await asked('ifGenerationNotMatch=0')).toBe(200)
      expect(await asked('ifMetagenerationMatch=1')).toBe(200)
      expect(await asked('ifMetagenerationMatch=2')).toBe(412)
      expect(await asked('ifMetagenerationNotMatch=1')).toBe(304)
      expect(await asked('ifMetagenerationNotMatch=2')).toBe(200)
    })

    it('replaces an object only where there is one, when it is asked so', async () => {
      const { send, origin } = await reached(reach)
      const upload = async (query: string) => {
        const { url, method, headers } = mediaRequest(origin, 'r', bytes(1))
        const response = await send(new Request(`${url}&${query}`, { method, headers, body: bytes(1) }))
        await response.arrayBuffer()
        return response.status
      }
      expect(await upload('ifGenerationNotMatch=0')).toBe(304)
      expect(await upload('ifGenerationNotMatch=1')).toBe(304)
      expect(await upload('ifMetagenerationNotMatch=1')).toBe(304)
      expect(await upload('ifMetagenerationMatch=1')).toBe(412)
      expect(await upload('ifGenerationMatch=0')).toBe(200)
      expect(await upload('ifGenerationNotMatch=0')).toBe(200)
      expect(await upload('ifGenerationMatch=0')).toBe(412)
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

const NOT_SATISFIABLE = JSON.stringify({
  error: {
    code: 416,
    message: 'Requested range not satisfiable',
    errors: [
      {
        message: 'Requested range not satisfiable',
        domain: 'global',
        reason: 'requestedRangeNotSatisfiable',
        locationType: 'header',
        location: 'Range',
      },
    ],
  },
})

interface ListAnswer {
  items?: { name: string }[]
  prefixes?: string[]
  nextPageToken?: string
}
