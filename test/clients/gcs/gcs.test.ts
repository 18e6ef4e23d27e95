import { randomFillSync } from 'node:crypto'
import { mkdtemp, open, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { createStorageClient } from '../../../src/clients/gcs/gcs.ts'
import { crc32c, crc32cBase64 } from '../../../src/domain/crc32c.ts'
import { listening } from '../../simulators/listening.ts'
import { quickPace, storage } from '../loopback-gcs.ts'

const MIB = 1024 * 1024

let folder: string
beforeEach(async () => {
  // A proxy of the machine would be asked even for loopback.
  vi.stubEnv('NO_PROXY', '127.0.0.1')
  folder = await mkdtemp(join(tmpdir(), 'pr-gcs-'))
})
afterEach(async () => {
  vi.unstubAllEnvs()
  await rm(folder, { recursive: true })
})

it.each([
  ['nothing', 0, ['POST multipart']],
  ['one byte', 1, ['POST resumable', 'PUT bytes 0-0/1']],
  ['one chunk', 8 * MIB, ['POST resumable', 'PUT bytes 0-8388607/8388608']],
  [
    'one chunk and a byte',
    8 * MIB + 1,
    ['POST resumable', 'PUT bytes 0-8388607/8388609', 'PUT bytes 8388608-8388608/8388609'],
  ],
  [
    '20 MiB',
    20 * MIB,
    [
      'POST resumable',
      'PUT bytes 0-8388607/20971520',
      'PUT bytes 8388608-16777215/20971520',
      'PUT bytes 16777216-20971519/20971520',
    ],
  ],
])('uploads %s in chunks of 8 MiB and looks at the result', async (_, size, requests) => {
  const { client, asked, stored: objects } = await storage()
  const { path, checksum } = await file(size)
  const progress: number[] = []
  const stored = await client.upload({
    path,
    object: 'runs/r1/film 1.mp4',
    contentType: 'video/mp4',
    metadata: { run: 'r1' },
    onProgress: (sent, total) => progress.push(sent / total),
  })
  const [object] = await objects()
  expect(stored).toEqual({
    bucket: 'bkt',
    name: 'runs/r1/film 1.mp4',
    size,
    crc32c: checksum,
    md5: object!['md5Hash'],
    generation: object!['generation'],
  })
  expect(object).toMatchObject({ contentType: 'video/mp4', metadata: { run: 'r1' } })
  expect(asked).toEqual([...requests, 'GET runs%2Fr1%2Ffilm%201.mp4'])
  expect(progress.at(-1)).toBe(size === 0 ? undefined : 1)
  expect(progress).toEqual(progress.toSorted((a, b) => a - b))
})

it('takes an object of the same content for a finished upload', async () => {
  const { client, asked } = await storage()
  const upload = { path: (await file(1000)).path, object: 'film', contentType: 'video/mp4' }
  const first = await client.upload(upload)
  asked.length = 0
  expect(await client.upload(upload)).toEqual(first)
  expect(asked).toEqual(['POST resumable', 'GET film'])
})

it('overwrites nothing', async () => {
  const { client, stored } = await storage()
  await client.upload({ path: (await file(1000)).path, object: 'film', contentType: 'video/mp4' })
  const before = await stored()
  const { path } = await file(5)
  await expect(client.upload({ path, object: 'film', contentType: 'video/mp4' })).rejects.toMatchObject({
    code: 'PR_UPLOAD',
    message: expect.stringMatching(
      /^uploading .+ to gs:\/\/bkt\/film failed: the name is taken by another object \(1000 bytes, crc32c .{8}; the file has 5 bytes, crc32c .{8}\)$/,
    ),
    hint: 'choose another prefix in --bucket, or delete the object; nothing is ever overwritten',
  })
  expect(await stored()).toEqual(before)
})

it('deletes an object that came out different, and only that generation', async () => {
  const { client, stored, asked } = await storage((http) => async (request) => {
    const response = await http(request)
    if (request.method !== 'GET') return response
    const object = (await response.json()) as object
    return Response.json({ ...object, crc32c: 'AAAAAA==' }, { headers: response.headers })
  })
  const { path, checksum } = await file(10)
  await expect(client.upload({ path, object: 'film', contentType: 'video/mp4' })).rejects.toMatchObject({
    code: 'PR_UPLOAD',
    message: `uploading ${path} to gs://bkt/film failed: the stored object differs from the file (10 bytes, crc32c AAAAAA==; the file has 10 bytes, crc32c ${checksum}); it was deleted`,
  })
  expect(await stored()).toEqual([])
  expect(asked.at(-1)).toMatch(/^DELETE film\?ifGenerationMatch=\d{16}$/)
})

it.each([10, 0])('deletes nothing that somebody else has put there meanwhile, after %s bytes', async (size) => {
  const { client, asked } = await storage((http) => async (request) => {
    const response = await http(request)
    if (request.method !== 'GET') return response
    const object = (await response.json()) as object
    return Response.json({ ...object, size: '12', crc32c: 'AAAAAA==', generation: '1' })
  })
  const { path, checksum } = await file(size)
  await expect(client.upload({ path, object: 'film', contentType: 'video/mp4' })).rejects.toMatchObject({
    code: 'PR_UPLOAD',
    message: `uploading ${path} to gs://bkt/film failed: the stored object differs from the file (12 bytes, crc32c AAAAAA==; the file has ${size} bytes, crc32c ${checksum}); somebody else has put it there meanwhile`,
  })
  expect(asked.filter((request) => request.startsWith('DELETE'))).toEqual([])
})

it('tells why a bucket cannot be written', async () => {
  const { client } = await storage((http) => http, ['other'])
  const { path } = await file(1)
  await expect(client.upload({ path, object: 'film', contentType: 'video/mp4' })).rejects.toMatchObject({
    code: 'PR_UPLOAD',
    message: expect.stringContaining(`uploading ${path} to gs://bkt/film was answered with 404`),
    hint: 'check that the bucket gs://bkt exists and is spelled right in --bucket',
  })
})

it('makes an error of the plain object that the library rejects with', async () => {
  const refused = {
    error: { code: 403, message: 'no access', errors: [{ reason: 'forbidden', message: 'no access' }] },
  }
  const { client } = await storage((http) => async (request) => {
    return request.method === 'PUT' ? Response.json(refused, { status: 403 }) : http(request)
  })
  const { path } = await file(1)
  await expect(client.upload({ path, object: 'film', contentType: 'video/mp4' })).rejects.toMatchObject({
    code: 'PR_UPLOAD',
    message: `uploading ${path} to gs://bkt/film was answered with 403 (forbidden): no access`,
    hint: 'give the account the role "Storage Object User" on gs://bkt',
  })
})

it('stops an upload that is under way', async () => {
  const controller = new AbortController()
  const closed = Promise.withResolvers<void>()
  const { client } = await storage((http) => async (request) => {
    if (request.method !== 'PUT') return http(request)
    request.signal.addEventListener('abort', () => closed.resolve())
    controller.abort(new Error('cancelled'))
    return new Promise(() => {})
  })
  const { path } = await file(1)
  const upload = client.upload({ path, object: 'film', contentType: 'video/mp4' }, controller.signal)
  await expect(upload).rejects.toThrow('cancelled')
  // The connection ends too.
  await closed.promise
})

it('says which file cannot be read', async () => {
  const { client } = await storage()
  const path = join(folder, 'none.mp4')
  await expect(client.upload({ path, object: 'film', contentType: 'video/mp4' })).rejects.toMatchObject({
    code: 'PR_FILE',
    message: expect.stringContaining(`reading ${path} for its upload failed: ENOENT`),
  })
})

it('stores nothing of a file that changes under way', async () => {
  const { path } = await file(MIB)
  const { client, stored } = await storage((http) => async (request) => {
    await using opened = await open(path, 'r+')
    await opened.write(Buffer.alloc(10), 0, 10, MIB - 10)
    return http(request)
  })
  await expect(client.upload({ path, object: 'film', contentType: 'video/mp4' })).rejects.toMatchObject({
    code: 'PR_UPLOAD',
    message: expect.stringMatching(
      / was answered with 400 \(invalid\): Provided CRC32C ".+" doesn't match calculated CRC32C/,
    ),
    hint: 'check that nothing writes to the file while it is uploaded, and resume the run',
  })
  expect(await stored()).toEqual([])
})

it('says that nothing answers', async () => {
  const server = await listening(async () => new Response())
  await server.close()
  const address = { projectId: 'p', credentialsFile: null, apiEndpoint: server.origin, pace: quickPace }
  const client = createStorageClient({ bucket: 'bkt', prefix: '', ...address })
  const { path } = await file(1)
  await expect(client.upload({ path, object: 'film', contentType: 'video/mp4' })).rejects.toMatchObject({
    code: 'PR_UPLOAD',
    message: expect.stringMatching(/^uploading .+ to gs:\/\/bkt\/film failed: .*ECONNREFUSED/),
    hint: 'check the network and resume the run: what is done is not done twice',
  })
})

it('looks up and lists', async () => {
  const { client } = await storage()
  const { path, checksum } = await file(3)
  for (const object of ['runs/b', 'runs/a', 'other']) await client.upload({ path, object, contentType: 'text/plain' })
  expect(await client.stat('runs/a')).toMatchObject({ name: 'runs/a', size: 3, crc32c: checksum })
  expect(await client.stat('runs/c')).toBe(null)
  expect((await client.list('runs/')).map(({ name }) => name)).toEqual(['runs/a', 'runs/b'])
})

it('goes to the given address whatever STORAGE_EMULATOR_HOST says', async () => {
  vi.stubEnv('STORAGE_EMULATOR_HOST', 'http://127.0.0.1:1')
  const { client, asked } = await storage()
  await client.upload({ path: (await file(1)).path, object: 'film', contentType: 'text/plain' })
  expect(asked).toEqual(['POST resumable', 'PUT bytes 0-0/1', 'GET film'])
})

it.each([
  ['is not there', null, /names .+, which cannot be read: there is no such file$/],
  ['is not JSON', 'key', /which cannot be read: it is not JSON$/],
  ['is something else', '{"a":1}', /which has no "type": it is no credentials file$/],
  [
    'runs a program',
    '{"type":"external_account","credential_source":{"executable":{"command":"/bin/sh"}}}',
    /which runs a program to get its token \(credential_source.executable\)$/,
  ],
  [
    'holds a key that is none',
    '{"type":"service_account","private_key":"-----BEGIN PRIVATE KEY-----\\nMIIE\\n-----END PRIVATE KEY-----\\n"}',
    /^GOOGLE_APPLICATION_CREDENTIALS names .+, whose private_key is no PEM key$/,
  ],
])('refuses a credentials file that %s', async (_, content, message) => {
  const credentialsFile = join(folder, 'key.json')
  if (content !== null) await writeFile(credentialsFile, content)
  const client = createStorageClient({ bucket: 'bkt', prefix: '', projectId: 'p', credentialsFile })
  await expect(client.stat('x')).rejects.toMatchObject({
    code: 'PR_CREDENTIALS',
    message: expect.stringMatching(message),
  })
})

async function file(size: number): Promise<{ path: string; checksum: string }> {
  const path = join(folder, `${size}.bin`)
  const content = randomFillSync(Buffer.alloc(size))
  await writeFile(path, content)
  return { path, checksum: crc32cBase64(crc32c(content)) }
}
