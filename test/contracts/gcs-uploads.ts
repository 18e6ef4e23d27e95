import { describe, expect, it } from 'vitest'
import {
  bytes,
  digests,
  drained,
  KIB,
  mediaRequest,
  multipartRequest,
  put,
  type Reached,
  reached,
  refusal,
  session,
  sessionRequest,
  told,
} from './gcs-requests.ts'

/** Resumable, media and multipart uploads. */
export function gcsUploadContract(name: string, reach: () => Promise<Reached>): void {
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

    it('tells what it holds under another status to who asks for that', async () => {
      const { send, origin } = await reached(reach)
      const uri = await session(send, origin, 'film.mp4')
      await put(send, uri, `bytes 0-${256 * KIB - 1}/*`, bytes(256 * KIB))
      const headers = { 'content-range': 'bytes */*', 'x-guploader-no-308': 'yes', authorization: 'Bearer t' }
      const response = await send(new Request(uri, { method: 'PUT', headers }))
      expect(await told(response)).toEqual({ status: 200, range: 'bytes=0-262143' })
      expect(response.headers.get('x-http-status-code-override')).toBe('308')
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
}
