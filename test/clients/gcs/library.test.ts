import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it, onTestFinished, vi } from 'vitest'
import { createStorageClient } from '../../../src/clients/gcs/gcs.ts'
import { loadGcsLibrary } from '../../../src/clients/gcs/library.ts'
import { bytes } from '../../contracts/gcs-requests.ts'
import { testGcs } from '../../simulators/gcs/test-gcs.ts'
import { listening } from '../../simulators/listening.ts'

it.each([
  ['with', 'http://127.0.0.1:1'],
  ['without', undefined],
])('goes to Google with its token %s STORAGE_EMULATOR_HOST', async (_, emulator) => {
  vi.stubEnv('STORAGE_EMULATOR_HOST', emulator)
  onTestFinished(() => {
    vi.unstubAllEnvs()
  })
  const library = await loadGcsLibrary({ projectId: 'p', credentialsFile: await userCredentials() })
  const { apiEndpoint, baseUrl, customEndpoint, useAuthWithCustomEndpoint } = library.open()
  expect({ apiEndpoint, baseUrl, hasToken: !customEndpoint || useAuthWithCustomEndpoint }).toEqual({
    apiEndpoint: 'https://storage.googleapis.com',
    baseUrl: 'https://storage.googleapis.com/storage/v1',
    hasToken: true,
  })
})

it('goes on with a download from where it broke off', async () => {
  const { http } = testGcs({ keepBytes: true })
  const server = await listening(http)
  onTestFinished(() => server.close())
  const content = Buffer.from(bytes(100_000))
  const library = await loadGcsLibrary({ projectId: 'p', credentialsFile: null, apiEndpoint: server.origin })
  const file = library.open().bucket('bkt').file('film.mp4')
  await file.save(content, { resumable: false })
  const [begun] = await file.download({ start: 0, end: 60_000 })
  const [rest] = await file.download({ start: begun.length })
  expect(begun.length).toBe(60_001)
  expect(Buffer.concat([begun, rest])).toEqual(content)
  const beyond = await file.download({ start: content.length }).catch((error: unknown) => error)
  expect(beyond).toMatchObject({ code: 416 })
})

it('hears of a cancel while credentials are asked for', async () => {
  const controller = new AbortController()
  let isAsking = true
  const server = await listening((request) => {
    request.signal.addEventListener('abort', () => {
      isAsking = false
    })
    controller.abort(new Error('cancelled'))
    return new Promise(() => {})
  })
  onTestFinished(() => {
    vi.unstubAllEnvs()
    return server.close()
  })
  // Where a machine of Google's gets its token; this one never says anything.
  vi.stubEnv('GCE_METADATA_HOST', new URL(server.origin).host)
  vi.stubEnv('HOME', await emptyFolder())
  vi.stubEnv('GOOGLE_APPLICATION_CREDENTIALS', undefined)
  const client = createStorageClient({ bucket: 'bkt', prefix: '', projectId: 'p', credentialsFile: null })
  await expect(client.stat('film', controller.signal)).rejects.toThrow('cancelled')
  // The library would wait until it gives up by itself.
  expect(isAsking).toBe(true)
})

async function emptyFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'pr-gcs-'))
  onTestFinished(() => rm(folder, { recursive: true }))
  return folder
}

async function userCredentials(): Promise<string> {
  const file = join(await emptyFolder(), 'user.json')
  const user = { type: 'authorized_user', client_id: 'c', client_secret: 's', refresh_token: 'r' }
  await writeFile(file, JSON.stringify(user))
  return file
}
