import { expect, it } from 'vitest'
import type { Simulator } from '../../../src/simulators/simulator.ts'
import { gcsContract } from '../../contracts/gcs.ts'
import { listening } from '../listening.ts'
import { stillClock } from '../still-clock.ts'
import { testGcs } from './test-gcs.ts'

gcsContract('called', async () => {
  const { http } = testGcs({ keepBytes: true })
  return { origin: 'http://storage.test', send: http, close: async () => {} }
})

gcsContract('on a port', async () => {
  const server = await listening(testGcs({ keepBytes: true }).http)
  return { ...server, send: (request) => fetch(request) }
})

const object = 'https://storage.googleapis.com/storage/v1/b/bkt/o/x'
const token = { authorization: 'Bearer t' }

it('keeps whole quarters of a MiB of a chunk that broke off', async () => {
  const { http } = testGcs()
  const uri = await started(http)
  const broken = new ReadableStream<Uint8Array>({
    start: (controller) => controller.enqueue(new Uint8Array(600 * 1024)),
    pull: (controller) => controller.error(new Error('connection reset')),
  })
  const headers = { 'content-range': 'bytes 0-1048575/*' }
  const request = new Request(uri, { method: 'PUT', headers, body: broken, duplex: 'half' })
  await expect(http(request)).rejects.toThrow('connection reset')
  expect(await status(http, uri)).toEqual([308, 'bytes=0-524287'])
})

it('forgets a session after a week', async () => {
  const clock = stillClock()
  const { http } = testGcs({ clock })
  const uri = await started(http)
  await clock.sleep(7 * 24 * 3600 * 1000 - 1)
  expect(await status(http, uri)).toEqual([308, null])
  await clock.sleep(1)
  expect(await status(http, uri)).toEqual([404, null])
})

it('knows only the buckets that are listed, when there is a list', async () => {
  const { http } = testGcs({ buckets: ['mine'] })
  const response = await http(new Request(object, { headers: token }))
  expect([response.status, await response.json()]).toEqual([
    404,
    {
      error: {
        code: 404,
        message: 'The specified bucket does not exist.',
        errors: [{ message: 'The specified bucket does not exist.', domain: 'global', reason: 'notFound' }],
      },
    },
  ])
})

it.each([
  ['x'.repeat(1024), 200, undefined],
  [
    'x'.repeat(1025),
    400,
    /^The maximum object length is 1024 characters, but got a name with 1025 characters: 'x{1024}\.\.\.'$/,
  ],
  ['é'.repeat(513), 400, /^The maximum object length is 1024 characters, but got a name with 1026 characters: /],
  ['a\nb', 400, /^Disallowed unicode characters present in object name\.$/],
  ['..', 400, /^Invalid object name: '\.\.'$/],
  ['.well-known/acme-challenge/film.mp4', 400, /^Invalid object name: /],
])('takes an object name as Google does: %.30j', async (name, status, message) => {
  for (const uploadType of ['resumable', 'media']) {
    const address = `https://storage.googleapis.com/upload/storage/v1/b/bkt/o?${new URLSearchParams({ uploadType, name })}`
    const response = await testGcs().http(new Request(address, { method: 'POST', headers: token, body: '{}' }))
    expect(response.status).toBe(status)
    if (message) {
      const error = { message: expect.stringMatching(message), code: 400 }
      expect(await response.json()).toMatchObject({ error })
    }
  }
})

it("wants a token under Google's own name", async () => {
  const response = await testGcs().http(new Request(object))
  expect([response.status, await response.json()]).toEqual([
    401,
    {
      error: {
        code: 401,
        message: 'Login Required.',
        errors: [
          {
            message: 'Login Required.',
            domain: 'global',
            reason: 'required',
            locationType: 'header',
            location: 'Authorization',
          },
        ],
      },
    },
  ])
})

it('says that it did not keep what was uploaded', async () => {
  const { http } = testGcs()
  await http(new Request(await started(http), { method: 'PUT', body: 'hello' }))
  const stored = await http(new Request(object, { headers: token }))
  expect(await stored.json()).toMatchObject({ name: 'x', size: '5', crc32c: 'mnG7TA==' })
  const response = await http(new Request(`${object}?alt=media`, { headers: token }))
  expect([response.status, response.headers.get('x-pr-unmatched')]).toEqual([
    501,
    'the bytes of bkt/x were hashed, not kept',
  ])
})

it('names what it knows to whoever asks for something else', async () => {
  const response = await testGcs().http(
    new Request('https://storage.googleapis.com/storage/v1/projects/p/hmacKeys', { headers: token }),
  )
  expect(response.headers.get('x-pr-unmatched')).toBe(
    'Google Cloud Storage, JSON API v1: objects.insert, buckets.list, buckets.insert, buckets.get, buckets.patch, buckets.delete, objects.list, objects.get, objects.patch, objects.update, objects.delete, objects.copy, objects.rewrite, objects.compose, objects.move',
  )
})

async function started(http: Simulator): Promise<string> {
  const address = 'https://storage.googleapis.com/upload/storage/v1/b/bkt/o?uploadType=resumable&name=x'
  const response = await http(new Request(address, { method: 'POST', headers: token, body: '{}' }))
  return response.headers.get('location')!
}

async function status(http: Simulator, uri: string) {
  const response = await http(new Request(uri, { method: 'PUT', headers: { 'content-range': 'bytes */*' } }))
  return [response.status, response.headers.get('range')]
}
