import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it, onTestFinished, vi } from 'vitest'
import { loadGcsLibrary } from '../../src/clients/gcs-library.ts'

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

async function userCredentials(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'pr-gcs-'))
  onTestFinished(() => rm(folder, { recursive: true }))
  const file = join(folder, 'user.json')
  const user = { type: 'authorized_user', client_id: 'c', client_secret: 's', refresh_token: 'r' }
  await writeFile(file, JSON.stringify(user))
  return file
}
