import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import * as library from '@google-cloud/storage'
import { expect, it, onTestFinished, vi } from 'vitest'
import { UNMATCHED_HEADER } from '../../../src/simulators/simulator.ts'
import { testGcs } from '../../simulators/gcs/test-gcs.ts'
import { listening } from '../../simulators/listening.ts'
import { temporaryFolder } from '../../support/folders.ts'
import { serviceAccount } from '../../support/service-account.ts'
import { libraryCalls, type World } from './library-calls.ts'

it("calls every method of the library's classes", () => {
  const { Storage, Bucket, File, Iam, HmacKey, Channel, TransferManager } = library
  const classes = [Storage, Bucket, File, Iam, HmacKey, Channel, TransferManager]
  // What they have in common, and what only builds requests.
  const common = ['constructor', 'request', 'getPathsFromDirectory', 'getBufferFromReadable']
  const methods = classes.flatMap(({ name, prototype }) =>
    Object.getOwnPropertyNames(prototype)
      .filter((method) => !common.includes(method) && !/^_|_$|^shouldRetry/.test(method))
      .map((method) => `${name}.${method}`),
  )
  const called = Object.keys(libraryCalls).map((name) => name.split(',')[0])
  expect(methods.filter((name) => !called.includes(name))).toEqual(['TransferManager.uploadFileInChunks'])
})

it("names the calls of Google's library that are not simulated, and answers all others", async () => {
  const folder = temporaryFolder()
  writeFileSync(join(folder, 'file'), 'text')
  writeFileSync(join(folder, 'key.json'), JSON.stringify(serviceAccount()))
  vi.stubEnv('GOOGLE_APPLICATION_CREDENTIALS', join(folder, 'key.json'))
  onTestFinished(() => {
    vi.unstubAllEnvs()
  })
  const notSimulated: string[] = []
  const asksNothing: string[] = []
  const unexpected: string[] = []
  for (const [name, call] of Object.entries(libraryCalls)) {
    const { asked, unmatched, failure } = await outcome(call, join(folder, name.replace(/\W/g, '-')))
    if (unmatched.length > 0) notSimulated.push(`${name}: ${unmatched[0]}`)
    else if (failure !== null) unexpected.push(`${name}: ${failure}`)
    else if (asked === 0) asksNothing.push(name)
  }
  expect(unexpected).toEqual([])
  expect({ notSimulated, asksNothing }).toMatchInlineSnapshot(`
    {
      "asksNothing": [
        "Storage.bucket",
        "Storage.channel",
        "Storage.hmacKey",
        "Bucket.cloudStorageURI",
        "Bucket.file",
        "Bucket.getId",
        "Bucket.notification",
        "Bucket.setUserProject",
        "File.cloudStorageURI",
        "File.generateSignedPostPolicyV2",
        "File.generateSignedPostPolicyV4",
        "File.publicUrl",
        "File.setEncryptionKey",
        "File.setUserProject",
      ],
      "notSimulated": [
        "Storage.createHmacKey: POST /storage/v1/projects/p/hmacKeys",
        "Storage.getHmacKeys: GET /storage/v1/projects/p/hmacKeys",
        "Storage.getHmacKeysStream: GET /storage/v1/projects/p/hmacKeys",
        "Storage.getServiceAccount: GET /storage/v1/projects/p/serviceAccount",
        "Bucket.addLifecycleRule: PATCH /storage/v1/b/bkt",
        "Bucket.createChannel: POST /storage/v1/b/bkt/o/watch",
        "Bucket.createNotification: POST /storage/v1/b/bkt/notificationConfigs",
        "Bucket.disableRequesterPays: PATCH /storage/v1/b/bkt",
        "Bucket.enableLogging: GET /storage/v1/b/bkt/iam",
        "Bucket.enableRequesterPays: PATCH /storage/v1/b/bkt",
        "Bucket.getNotifications: GET /storage/v1/b/bkt/notificationConfigs",
        "Bucket.getSignedUrl: GET /bkt",
        "Bucket.lock: POST /storage/v1/b/bkt/lockRetentionPolicy",
        "Bucket.makePrivate: PATCH /storage/v1/b/bkt",
        "Bucket.makePublic: POST /storage/v1/b/bkt/acl",
        "Bucket.removeRetentionPeriod: PATCH /storage/v1/b/bkt",
        "Bucket.restore: POST /storage/v1/b/bkt/restore",
        "Bucket.setCorsConfiguration: PATCH /storage/v1/b/bkt",
        "Bucket.setRetentionPeriod: PATCH /storage/v1/b/bkt",
        "Bucket.upload, with its own key: POST /upload/storage/v1/b/bkt/o",
        "File.getSignedUrl, to begin an upload: POST /bkt/a",
        "File.isPublic: GET /bkt/a",
        "File.makePrivate: PATCH /storage/v1/b/bkt/o/a",
        "File.makePublic: POST /storage/v1/b/bkt/o/a/acl",
        "File.restore: POST /storage/v1/b/bkt/o/a/restore",
        "File.rotateEncryptionKey: POST /storage/v1/b/bkt/o/a/rewriteTo/b/bkt/o/a",
        "Acl.add: POST /storage/v1/b/bkt/o/a/acl",
        "Acl.delete: DELETE /storage/v1/b/bkt/o/a/acl/allUsers",
        "Acl.get: GET /storage/v1/b/bkt/acl",
        "Acl.update: PUT /storage/v1/b/bkt/defaultObjectAcl/allUsers",
        "Iam.getPolicy: GET /storage/v1/b/bkt/iam",
        "Iam.setPolicy: PUT /storage/v1/b/bkt/iam",
        "Iam.testPermissions: GET /storage/v1/b/bkt/iam/testPermissions",
        "HmacKey.setMetadata: PUT /storage/v1/projects/p/hmacKeys/id",
        "Channel.stop: POST /storage/v1/channels/stop",
      ],
    }
  `)
})

async function outcome(call: (world: World) => unknown, own: string) {
  const { http } = testGcs({ keepBytes: true, clock: { now: () => Date.now(), sleep: async () => {} } })
  const unmatched: string[] = []
  let asked = 0
  const server = await listening(async (request) => {
    asked += 1
    const response = await http(request)
    const { pathname } = new URL(request.url)
    if (response.headers.has(UNMATCHED_HEADER)) unmatched.push(`${request.method} ${pathname}`)
    return response
  })
  try {
    mkdirSync(own)
    writeFileSync(join(own, 'file'), 'text')
    const storage = new library.Storage({
      projectId: 'p',
      apiEndpoint: server.origin,
      retryOptions: { autoRetry: false },
    })
    const bucket = storage.bucket('bkt')
    for (const name of ['a', 'b']) await bucket.file(name).save('ab', { resumable: false })
    asked = 0
    await call({ storage, bucket, file: bucket.file('a'), folder: own })
    return { asked, unmatched, failure: null }
  } catch (error) {
    return { asked, unmatched, failure: String((error as Error).message ?? error) }
  } finally {
    await server.close()
  }
}
