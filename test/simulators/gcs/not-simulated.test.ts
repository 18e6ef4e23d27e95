import { expect, it } from 'vitest'
import { testGcs } from './test-gcs.ts'

// Whatever would change an answer and is not simulated is a problem of the run, by the header that the ledger reads.
const o = '/storage/v1/b/bkt/o'
const upload = '/upload/storage/v1/b/bkt/o?uploadType=media&name=y'

it.each<[method: string, path: string, headers?: Record<string, string>, body?: string]>([
  ['GET', `${o}?softDeleted=true`],
  ['GET', `${o}?filter=x`],
  ['GET', `${o}?unknown=1`],
  ['GET', `${o}?prefix=a&prefix=b`],
  ['GET', `${o}/x?softDeleted=true&generation=1`],
  ['GET', `${o}/x?alt=proto`],
  ['GET', `${o}/x?delimiter=/`],
  ['GET', `${o}/x/acl`],
  ['GET', `${o}/x/acl/allUsers`],
  ['POST', `${o}/x/acl`, {}, '{}'],
  ['POST', `${o}/x/restore?generation=1`],
  ['POST', `${o}/x`, { 'x-http-method-override': 'PATCH' }, '{}'],
  ['PATCH', `${o}/x`, {}, '{"acl":[]}'],
  ['PATCH', `${o}/x`, {}, '{"temporaryHold":true}'],
  ['PATCH', `${o}/x?predefinedAcl=private`, {}, '{}'],
  ['POST', `${o}/watch`, {}, '{}'],
  ['GET', '/storage/v1/b/bkt/iam'],
  ['GET', '/storage/v1/b/bkt/acl'],
  ['GET', '/storage/v1/b/bkt/notificationConfigs'],
  ['POST', '/storage/v1/b/bkt/lockRetentionPolicy?ifMetagenerationMatch=1'],
  ['PATCH', '/storage/v1/b/bkt', {}, '{"lifecycle":{}}'],
  ['GET', '/storage/v1/b/bkt?generation=1&softDeleted=true'],
  ['GET', '/storage/v1/projects/p/serviceAccount'],
  ['POST', '/batch/storage/v1'],
  ['GET', '/bkt/x'],
  ['PUT', '/bkt/x', {}, 'x'],
  ['POST', `${upload}&kmsKeyName=k`, {}, 'x'],
  ['POST', upload, { 'x-goog-encryption-algorithm': 'AES256' }, 'x'],
  ['POST', upload, { 'x-goog-emulator-instructions': 'return-503' }, 'x'],
  ['POST', upload, { 'x-retry-test-id': '1' }, 'x'],
  ['POST', upload, { 'content-encoding': 'gzip' }, 'x'],
  ['POST', '/upload/storage/v1/b/bkt/o?uploadType=resumable&name=y', {}, '{"retention":{}}'],
])('answers %s %s with 501 and says what it knows %#', async (method, path, headers = {}, body) => {
  const { http } = testGcs({ keepBytes: true })
  const ask = (address: string, init: RequestInit) => http(new Request(`http://storage.test${address}`, init))
  await ask('/upload/storage/v1/b/bkt/o?uploadType=media&name=x', { method: 'POST', body: 'x' })
  const response = await ask(path, { method, headers, ...(body !== undefined && { body }) })
  expect([response.status, response.headers.get('x-pr-unmatched')]).toEqual([501, expect.stringMatching(/./)])
})
