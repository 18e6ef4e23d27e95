import { createWriteStream, openSync, readFileSync, writeFileSync, writeSync } from 'node:fs'
import { copyFile, mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { finished } from 'node:stream/promises'
import { expect, it } from 'vitest'
import { extractFrameArguments, probeArguments } from '../../../src/domain/ffmpeg-arguments.ts'
import type { RunEvent } from '../../../src/domain/run-event.ts'
import { openFaults } from '../../../src/network/faults/faults.ts'
import { parseFault } from '../../../src/network/faults/grammar/parse-fault.ts'
import { simulatedServices } from '../../../src/simulators/simulated-services.ts'
import { virtualClock } from '../../../src/simulators/virtual-clock.ts'
import { type Json, temporaryFolder } from '../../support/rehearse.ts'

/** Faults, and the services that they are around. */
async function faulty(...specs: string[]) {
  const clock = virtualClock(0, 0)
  const killed: string[] = []
  const faults = openFaults(specs.map(parseFault), { clock, isVirtual: true, kill: (signal) => killed.push(signal) })
  const newId = () => 'session'
  const { all } = await simulatedServices('wan22-two-chunks', { clock, newId, comfyui: faults.comfyui })
  const services = all.map(faults.wrap)
  const send = (name: string, url: string, init: RequestInit = {}) => {
    const request = new Request(url, { ...init, headers: { authorization: 'Bearer t', ...init.headers } })
    return services.find((service) => service.name === name)!.http(request)
  }
  return { faults, send, clock, killed, times: () => faults.report().map(({ times }) => times) }
}

const json = async (answer: Response | Promise<Response>): Promise<Json> => (await answer).json()

const STORAGE = 'https://storage.googleapis.com'
const insert = (name: string) => `${STORAGE}/upload/storage/v1/b/films/o?uploadType=resumable&name=${name}`
const part = (range: string, body: string | null = null) => ({
  method: 'PUT',
  headers: { 'content-range': `bytes ${range}` },
  ...(body === null ? {} : { body }),
})

it('finds what is done to the bucket by every name that it has', async () => {
  const { send, times } = await faulty(
    'start of upload 2: status 503',
    '7th storage.objects.insert: status 429 with retry-after 3',
    'chunk 1 of upload 1: status 408 after 100 KiB sent',
    'chunk 2 of upload 1: no header range',
    'last chunk of upload 1: field crc32c = "AAAAAA=="',
    'status check of upload 1: status 503',
    'storage.objects.get: no field md5Hash',
    'storage.objects.list: status 403',
    'storage.objects.delete: status 404',
    'storage.buckets.get: status 404 as html',
  )
  const post = (name: string) => send('gcs', insert(name), { method: 'POST', body: '{}' })
  const session = (await post('film.mp4')).headers.get('location')!
  expect((await post('manifest.json')).status).toBe(503)
  const chunk = 'x'.repeat(256 * 1024)
  expect((await send('gcs', session, part('0-262143/*', chunk))).status).toBe(408)
  expect((await send('gcs', session, part('*/*'))).status).toBe(503)
  const second = await send('gcs', session, part('0-262143/*', chunk))
  expect([second.status, second.headers.get('range')]).toEqual([308, null])
  expect((await json(send('gcs', session, part('262144-262144/262145', 'x')))).crc32c).toBe('AAAAAA==')
  const limited = await post('manifest.json')
  expect([limited.status, limited.headers.get('retry-after'), (await json(limited)).error.errors]).toEqual([
    429,
    '3',
    [{ message: 'Simulated fault: Too Many Requests', domain: 'usageLimits', reason: 'rateLimitExceeded' }],
  ])
  const object = `${STORAGE}/storage/v1/b/films/o/film.mp4`
  const stored = await json(send('gcs', object))
  expect([stored.size, stored.crc32c.length, stored.md5Hash]).toEqual(['262145', 8, undefined])
  expect((await send('gcs', `${STORAGE}/storage/v1/b/films/o?prefix=f`)).status).toBe(403)
  expect((await send('gcs', object, { method: 'DELETE' })).status).toBe(404)
  expect((await send('gcs', `${STORAGE}/storage/v1/b/films`)).headers.get('content-type')).toMatch('text/html')
  expect(times()).toEqual([1, 1, 1, 1, 1, 1, 1, 1, 1, 1])
})

it('keeps of an upload what had come before a status, in whole quanta', async () => {
  const { send } = await faulty('chunk 1 of upload 1: status 503 after 300 KiB sent')
  const session = (await send('gcs', insert('film.mp4'), { method: 'POST', body: '{}' })).headers.get('location')!
  expect((await send('gcs', session, part('0-524287/*', 'x'.repeat(512 * 1024)))).status).toBe(503)
  expect((await send('gcs', session, part('*/*'))).headers.get('range')).toBe('bytes=0-262143')
})

it('waits with a status until so much of an upload has come', async () => {
  const { send, times } = await faulty('storage.objects.insert: return-503-after-512K')
  const session = (await send('gcs', insert('film.mp4'), { method: 'POST', body: '{}' })).headers.get('location')!
  const chunk = 'x'.repeat(256 * 1024)
  const statuses: number[] = []
  for (const range of ['0-262143/*', '262144-524287/*', '524288-786431/*'])
    statuses.push((await send('gcs', session, part(range, chunk))).status)
  expect([statuses, times()]).toEqual([[308, 503, 308], [1]])
})

it('finds what is asked of RunPod, of the token and of the metadata server', async () => {
  const { send, times } = await faulty(
    'pod look: status 500',
    'pod stop: status 409',
    '2nd pod stop: ignore',
    'pod terminate: status 429 with retry-after 12',
    'POST /token: status 400',
    'GET /computeMetadata: status 503 as text',
  )
  const pod = 'https://api.runpod.io/v2/pods/p1'
  const act = (action: string) => send('runpod', `${pod}/action`, { method: 'POST', body: JSON.stringify({ action }) })
  const problem = { title: 'Internal Server Error', status: 500, detail: 'Simulated fault: Internal Server Error' }
  expect(await (await send('runpod', pod)).json()).toEqual(problem)
  const conflict = await act('stop')
  expect([conflict.status, conflict.headers.get('content-type')]).toEqual([409, 'application/problem+json'])
  const ignored = await act('stop')
  expect([ignored.status, (await json(ignored)).status]).toEqual([200, 'RUNNING'])
  expect((await json(act('stop'))).status).toBe('EXITED')
  expect((await act('terminate')).headers.get('retry-after')).toBe('12')
  const token = await send('google-auth', 'https://oauth2.googleapis.com/token', { method: 'POST', body: '' })
  expect(await token.json()).toEqual({ error: 'invalid_grant', error_description: 'Simulated fault: Bad Request' })
  const instance = await send('metadata', 'http://metadata.google.internal/computeMetadata/v1/instance')
  expect([instance.status, await instance.text()]).toEqual([503, '503: Service Unavailable'])
  expect(times()).toEqual([1, 1, 1, 1, 1, 1])
})

const png = '/o/references/otter_wren_chunk_002_reference.png'
const done = { exitCode: 0, stdout: 'done', stderr: '' }

it.each([
  ['ffmpeg of chunk 2: fail', { exitCode: 1, stdout: '', stderr: 'ffmpeg: simulated fault\n' }, 0],
  ['after ffmpeg: fail with 187', { exitCode: 187, stdout: '', stderr: 'ffmpeg: simulated fault\n' }, 0],
  [
    'ffmpeg: disk full',
    { exitCode: 1, stdout: '', stderr: 'av_interleaved_write_frame(): No space left on device\n' },
    0,
  ],
  ['ffmpeg of chunk 2: delay 5 min', done, 300_000],
  ['ffmpeg: hang for 9 s', done, 9_000],
  ['ffprobe of chunk 2: fail', done, 0],
  ['ffmpeg of chunk 1: fail', done, 0],
] as const)('runs ffmpeg with "%s"', async (spec, expected, ms) => {
  const { faults, clock } = await faulty(spec)
  const run = faults.programs(async () => done)
  expect(await run('ffmpeg', extractFrameArguments({ video: 'a.mp4', frame: 3, png }))).toEqual(expected)
  expect(clock.now()).toBe(ms)
})

it.each([
  ['ffprobe of chunk 3: fail', '/o/videos/otter_wren_chunk_003.mp4'],
  ['ffprobe of film: fail', '/o/combined/otter_wren_combine_002.mp4'],
  ['ffprobe: fail', '/elsewhere/dance.mp4'],
])('runs ffprobe with "%s"', async (spec, video) => {
  const { faults } = await faulty(spec)
  expect((await faults.programs(async () => done)('ffprobe', probeArguments(video))).exitCode).toBe(1)
})

it('lets a program hang until it is stopped', async () => {
  const { faults } = await faulty('ffmpeg: hang')
  const stop = new AbortController()
  const args = extractFrameArguments({ video: 'a.mp4', frame: 3, png })
  const running = faults.programs(async () => done)('ffmpeg', args, { signal: stop.signal })
  stop.abort(new Error('enough'))
  await expect(running).rejects.toThrow('enough')
})

it('happens before an event is told, or after, by the numbers of the plan', async () => {
  const { faults, killed } = await faulty(
    'event job-finished of job 8: kill',
    'after event reference-uploaded of chunk 2: kill with SIGTERM',
    'event run-finished: clear history',
  )
  const told: string[] = []
  const emit = faults.events((event) => told.push(`${event.kind}${killed.join()}`), new Map([['otter', 6]]))
  const job = { at: 0, video: 'otter', workflow: 2 }
  emit({ kind: 'job-failed', ...job, code: 'PR_COMFY_LOST', reason: '', attempt: 1, willRetry: true })
  emit({ kind: 'job-finished', ...job } as RunEvent)
  emit({ kind: 'reference-uploaded', at: 0, video: 'otter', chunk: 2, name: 'x' })
  emit({ kind: 'run-finished', at: 0, ok: true })
  expect(told).toEqual([
    'job-failed',
    'job-finishedSIGKILL',
    'reference-uploadedSIGKILL',
    'run-finishedSIGKILL,SIGTERM',
  ])
})

/** Writes a file as the program does it. */
const ways: Readonly<Record<string, (path: string) => unknown>> = {
  createWriteStream: (path) => finished(createWriteStream(path).end('some bytes')),
  writeFile: (path) => writeFile(path, 'some bytes'),
  writeFileSync: (path) => writeFileSync(path, 'some bytes'),
  writeSync: (path) => writeSync(openSync(path, 'a'), 'some bytes'),
  async copyFile(path) {
    await writeFile(`${path}.from`, 'some bytes')
    await copyFile(`${path}.from`, path)
  },
}

it.each([
  ['video of chunk 2', 'videos/otter_wren_chunk_002.mp4.part', 'createWriteStream'],
  ['latent of chunk 1', 'latents/otter_wren_chunk_001_high.latent.part', 'createWriteStream'],
  ['combined', 'combined/otter_wren_combine_002.mp4.part', 'createWriteStream'],
  ['film', 'final/otter_wren.mp4.part', 'copyFile'],
  ['reference of chunk 2', 'references/otter_wren_chunk_002_reference.png', 'writeFileSync'],
  ['journal', 'state/wren.jsonl', 'writeSync'],
  ['manifest', 'state/manifest_otter.json', 'writeFile'],
  ['cleanup', 'state/cleanup_otter.json', 'writeFile'],
] as const)('fills the disk at the write of %s, once', async (what, name, way) => {
  const { faults, times } = await faulty(`write of ${what}: disk full`, `2nd write of ${what}: kill`)
  const path = join(temporaryFolder(), name)
  await mkdir(join(path, '..'))
  const failure = await tried(() => write(faults, path, way))
  expect(failure).toMatchObject({
    code: 'ENOSPC',
    message: expect.stringMatching(/^ENOSPC: no space left on device, /),
  })
  expect(readFileSync(path, 'utf8')).toBe('')
  expect(await tried(() => write(faults, path, way))).toBe(null)
  expect(readFileSync(path, 'utf8')).toBe('some bytes')
  expect(times()).toEqual([1, 1])
})

async function write(faults: Awaited<ReturnType<typeof faulty>>['faults'], path: string, way: string): Promise<void> {
  using _disk = faults.disk()
  await ways[way]!(path)
}

const tried = async (work: () => Promise<void>) =>
  work().then(
    () => null,
    (error: unknown) => error,
  )
