import { randomFillSync } from 'node:crypto'
import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { createStorageClient } from '../../../src/clients/gcs/gcs.ts'
import { crc32c, crc32cBase64 } from '../../../src/domain/crc32c.ts'
import type { Simulator } from '../../../src/simulators/simulator.ts'
import { faultyNetwork } from '../../network/faults/faulty-network.ts'
import { temporaryFolder } from '../../support/rehearse.ts'
import { type Loopback, quickPace, storage } from '../loopback-gcs.ts'

const MIB = 1024 * 1024
/** Three chunks, of which the last is a small one. */
const SIZE = 16 * MIB + 64 * 1024
const folder = temporaryFolder()
const path = join(folder, 'film.mp4')
const content = randomFillSync(Buffer.alloc(SIZE))
writeFileSync(path, content)
const checksum = crc32cBase64(crc32c(content))
const sessionFile = join(folder, 'session')
const film = { path, object: 'film', contentType: 'video/mp4', sessionFile }
const chunk = (number: number) => `PUT bytes ${(number - 1) * 8 * MIB}-${Math.min(number * 8 * MIB, SIZE) - 1}/${SIZE}`
const question = `PUT bytes */${SIZE}`

beforeEach(() => void vi.stubEnv('NO_PROXY', '127.0.0.1'))
afterEach(() => void vi.unstubAllEnvs())

/** An upload that is stopped for good when its third chunk is on the way. */
async function interrupted(wrap: (http: Simulator) => Simulator = (http) => http): Promise<Loopback> {
  const stop = new AbortController()
  let parts = 0
  const world = await storage((http) => {
    const answer = wrap(http)
    return (request) => {
      if (/^bytes \d/.test(request.headers.get('content-range') ?? '')) parts += 1
      if (parts !== 3) return answer(request)
      stop.abort(new Error('killed'))
      return new Promise(() => {})
    }
  })
  await expect(world.client.upload(film, stop.signal)).rejects.toThrow('killed')
  parts = Number.NaN
  world.asked.length = 0
  return world
}

it('goes on from what an earlier part of the run has sent, in the session that only its owner can read', async () => {
  const { client, asked } = await interrupted()
  expect((statSync(sessionFile).mode & 0o777).toString(8)).toBe('600')
  const { uri, ...rest } = JSON.parse(readFileSync(sessionFile, 'utf8'))
  const service = new URL(uri).origin
  expect(rest).toEqual({ service, bucket: 'bkt', object: 'film', size: SIZE, crc32c: checksum })
  expect(uri).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/upload\/storage\/v1\/b\/bkt\/o\?.*upload_id=/)

  expect(await client.upload(film)).toMatchObject({ size: SIZE, crc32c: checksum })
  expect(asked).toEqual([question, chunk(3), 'GET film'])
  expect(existsSync(sessionFile)).toBe(false)
})

/** What an upload asks that starts anew. */
const anew = ['POST resumable', ...[1, 2, 3].map(chunk), 'GET film']

it.each([
  ['is gone', 410],
  ['is older than a week', 404],
])('starts anew when the session %s', async (_, status) => {
  let isGone = false
  const world = await interrupted((http) => async (request) => {
    const isSession = request.method === 'PUT' && isGone
    if (!isSession) return http(request)
    isGone = false
    return Response.json({ error: { code: status, message: 'gone' } }, { status })
  })
  isGone = true
  expect(await world.client.upload(film)).toMatchObject({ size: SIZE, crc32c: checksum })
  expect(world.asked).toEqual([question, ...anew])
})

it.each([
  ['of another size', { size: 1 }],
  ['of another content', { crc32c: 'AAAAAA==' }],
  ['of another name', { object: 'other' }],
  ['in another bucket', { bucket: 'other' }],
  ['at no address', { uri: 'nowhere' }],
  ['at an address of somebody else', { uri: 'https://storage.googleapis.com.example/upload?upload_id=1' }],
  ['of another service', { service: 'https://storage.googleapis.com' }],
])('starts anew when the session that was kept is for a file %s', async (_, other) => {
  const world = await interrupted()
  writeFileSync(sessionFile, JSON.stringify({ ...JSON.parse(readFileSync(sessionFile, 'utf8')), ...other }))
  await world.client.upload(film)
  expect(world.asked).toEqual(anew)
  expect(existsSync(sessionFile)).toBe(false)
})

it('starts anew when what was kept cannot be read', async () => {
  const world = await interrupted()
  writeFileSync(sessionFile, readFileSync(sessionFile, 'utf8').slice(0, 50))
  await world.client.upload(film)
  expect(world.asked).toEqual(anew)
})

it('takes the object of a finished session for done once it has its checksum', async () => {
  const world = await storage()
  let kept = ''
  const onProgress = () => {
    kept = readFileSync(sessionFile, 'utf8')
  }
  await world.client.upload({ ...film, onProgress })
  writeFileSync(sessionFile, kept)
  world.asked.length = 0
  expect(await world.client.upload(film)).toMatchObject({ size: SIZE, crc32c: checksum })
  expect(world.asked).toEqual([question, 'GET film'])
  expect(existsSync(sessionFile)).toBe(false)
})

it('finishes a session that has everything but its end', async () => {
  let isLost = true
  const world = await storage((http) => async (request) => {
    if (!isLost || !request.headers.get('content-range')?.endsWith(`-${SIZE - 1}/${SIZE}`)) return http(request)
    isLost = false
    await http(request)
    return Response.json({}, { status: 503 })
  })
  expect(await world.client.upload(film)).toMatchObject({ size: SIZE, crc32c: checksum })
  expect(world.asked).toEqual(['POST resumable', ...[1, 2, 3].map(chunk), question, 'GET film'])
})

it.each<[string, (http: Simulator, request: Request) => Promise<Response>]>([
  ['429', async () => Response.json({ error: { code: 429, message: 'slow down' } }, { status: 429 })],
  [
    '503 after all of it',
    async (http, request) => {
      await http(request)
      return new Response('<html>', { status: 503, headers: { 'content-type': 'text/html' } })
    },
  ],
  ['308 that holds nothing', async () => new Response(null, { status: 308 })],
])('sends the whole once although every second request gives %s', async (_, fault) => {
  let count = 0
  const world = await storage((http) => async (request) => {
    if (request.method !== 'PUT' || request.headers.get('content-range')?.includes('*')) return http(request)
    count += 1
    return count % 2 === 1 ? fault(http, request) : http(request)
  })
  const told: number[] = []
  const stored = await world.client.upload({ ...film, onProgress: (sent) => told.push(sent) })
  expect(stored).toMatchObject({ size: SIZE, crc32c: checksum })
  expect(told).toEqual([...new Set(told)].toSorted((a, b) => a - b))
  expect(world.asked.filter((line) => line === 'POST resumable').length).toBe(1)
})

it('gives up a session that takes no further byte, keeps it, and tells nobody its address', async () => {
  const resets = [
    'chunk 1 of upload 1: reset',
    '2nd status check of upload 1: reset, always',
    'chunk 2 of upload 1: reset',
  ]
  await using network = await faultyNetwork('serve', ...resets)
  const address = { projectId: 'p', credentialsFile: null, apiEndpoint: network.storage, pace: quickPace }
  const client = createStorageClient({ bucket: 'films', prefix: '', ...address })
  const failure = await client.upload(film).catch((error) => error)
  expect(failure).toMatchObject({
    code: 'PR_UPLOAD',
    message: expect.stringMatching(/^uploading .+ to gs:\/\/films\/film failed: .*upload_id=… failed, reason: /),
    hint: 'check the network and resume the run: what is done is not done twice',
  })
  const { uri } = JSON.parse(readFileSync(sessionFile, 'utf8'))
  expect(failure.message).not.toContain(new URL(uri).searchParams.get('upload_id'))
})
