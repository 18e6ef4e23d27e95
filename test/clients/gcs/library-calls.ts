import { join } from 'node:path'
import * as library from '@google-cloud/storage'
import { expect } from 'vitest'

/** What a call of Google's library may work on; `folder` has a file `file`. */
export interface World {
  readonly storage: library.Storage
  readonly bucket: library.Bucket
  readonly file: library.File
  readonly folder: string
}

const day = () => Date.now() + 3_600_000
const soon = () => ({ version: 'v4' as const, expires: day() })

/**
 * Every method of the library's classes, called once on a bucket with objects `a` and `b` of two bytes. Those that are not waited for
 * never settle, as the library makes promises of what has no callback.
 */
export const libraryCalls: Readonly<Record<string, (world: World) => unknown>> = {
  'Storage.bucket': ({ storage }) => storage.bucket('x').name,
  'Storage.channel': ({ storage }) => storage.channel('id', 'resource').id,
  'Storage.createBucket': ({ storage }) =>
    storage.createBucket('new-bucket', { location: 'EU', versioning: { enabled: true } }),
  'Storage.createHmacKey': ({ storage }) => storage.createHmacKey('robot@p.iam.gserviceaccount.com'),
  'Storage.getBuckets': ({ storage }) => storage.getBuckets({ prefix: 'b', maxResults: 2 }),
  'Storage.getBucketsStream': ({ storage }) => storage.getBucketsStream().toArray(),
  'Storage.getHmacKeys': ({ storage }) => storage.getHmacKeys(),
  'Storage.getHmacKeysStream': ({ storage }) => storage.getHmacKeysStream().toArray(),
  'Storage.getServiceAccount': ({ storage }) => storage.getServiceAccount(),
  'Storage.hmacKey': ({ storage }) => storage.hmacKey('id').metadata,
  'Bucket.addLifecycleRule': ({ bucket }) =>
    bucket.addLifecycleRule({ action: { type: 'Delete' }, condition: { age: 1 } }),
  'Bucket.cloudStorageURI': ({ bucket }) => bucket.cloudStorageURI.href,
  'Bucket.combine': ({ bucket }) => bucket.combine(['a', 'b'], 'c'),
  'Bucket.create': ({ storage }) => storage.bucket('created-bucket').create(),
  'Bucket.createChannel': ({ bucket }) => bucket.createChannel('id', { address: 'https://x.test' }),
  'Bucket.createNotification': ({ bucket }) => bucket.createNotification('topic'),
  'Bucket.delete': async ({ storage }) => {
    await storage.createBucket('short-lived')
    await storage.bucket('short-lived').delete()
  },
  'Bucket.deleteFiles': ({ bucket }) => bucket.deleteFiles({ prefix: 'a' }),
  'Bucket.deleteLabels': ({ bucket }) => bucket.deleteLabels(),
  'Bucket.disableRequesterPays': ({ bucket }) => bucket.disableRequesterPays(),
  'Bucket.enableLogging': ({ bucket }) => bucket.enableLogging({ prefix: 'log' }),
  'Bucket.enableRequesterPays': ({ bucket }) => bucket.enableRequesterPays(),
  'Bucket.exists': ({ bucket }) => bucket.exists(),
  'Bucket.file': ({ bucket }) => bucket.file('x').name,
  'Bucket.get': ({ bucket }) => bucket.get(),
  'Bucket.getFiles': ({ bucket }) =>
    bucket.getFiles({
      prefix: 'a',
      delimiter: '/',
      matchGlob: '*',
      startOffset: 'a',
      endOffset: 'b',
      versions: true,
      includeTrailingDelimiter: true,
      maxResults: 1,
    }),
  'Bucket.getFilesStream': ({ bucket }) => bucket.getFilesStream().toArray(),
  'Bucket.getId': ({ bucket }) => void bucket.getId(),
  'Bucket.getLabels': ({ bucket }) => bucket.getLabels(),
  'Bucket.getMetadata': ({ bucket }) => bucket.getMetadata(),
  'Bucket.getNotifications': ({ bucket }) => bucket.getNotifications(),
  'Bucket.getSignedUrl': async ({ bucket }) => {
    const [url] = await bucket.getSignedUrl({ ...soon(), action: 'list' })
    await (await fetch(url)).text()
  },
  'Bucket.lock': ({ bucket }) => bucket.lock('1'),
  'Bucket.makePrivate': ({ bucket }) => bucket.makePrivate(),
  'Bucket.makePublic': ({ bucket }) => bucket.makePublic(),
  'Bucket.notification': ({ bucket }) => bucket.notification('id').id,
  'Bucket.removeRetentionPeriod': ({ bucket }) => bucket.removeRetentionPeriod(),
  'Bucket.restore': ({ bucket }) => bucket.restore({ generation: '1' }),
  'Bucket.setCorsConfiguration': ({ bucket }) => bucket.setCorsConfiguration([]),
  'Bucket.setLabels': ({ bucket }) => bucket.setLabels({ a: '1' }),
  'Bucket.setMetadata': ({ bucket }) => bucket.setMetadata({ versioning: { enabled: true } }),
  'Bucket.setRetentionPeriod': ({ bucket }) => bucket.setRetentionPeriod(1),
  'Bucket.setStorageClass': ({ bucket }) => bucket.setStorageClass('nearline'),
  'Bucket.setUserProject': ({ storage }) => void storage.bucket('x').setUserProject('p'),
  'Bucket.upload': ({ bucket, folder }) =>
    bucket.upload(join(folder, 'file'), {
      destination: 'uploaded',
      gzip: true,
      metadata: { cacheControl: 'no-store' },
    }),
  'Bucket.upload, in one request': ({ bucket, folder }) =>
    bucket.upload(join(folder, 'file'), { destination: 'uploaded', resumable: false }),
  'Bucket.upload, with its own key': ({ bucket, folder }) =>
    bucket.upload(join(folder, 'file'), { encryptionKey: Buffer.alloc(32) }),
  'File.cloudStorageURI': ({ file }) => file.cloudStorageURI.href,
  'File.copy': ({ file, bucket }) => file.copy(bucket.file('copy'), { metadata: { k: 'v' }, contentType: 'text/x' }),
  'File.createReadStream': ({ file }) => file.createReadStream({ start: 0, end: 0 }).toArray(),
  'File.createResumableUpload': ({ file }) =>
    file
      .createResumableUpload({ metadata: { contentType: 'text/x' }, preconditionOpts: { ifGenerationMatch: 0 } })
      .catch((error) => String(error)),
  'File.createWriteStream': ({ bucket }) =>
    new Promise((done, fail) =>
      bucket.file('w').createWriteStream({ chunkSize: 262_144 }).on('error', fail).on('finish', done).end('text'),
    ),
  'File.delete': ({ file }) => file.delete(),
  'File.download': ({ file }) => file.download(),
  'File.exists': ({ file }) => file.exists(),
  'File.generateSignedPostPolicyV2': ({ file }) => file.generateSignedPostPolicyV2({ expires: day() }),
  'File.generateSignedPostPolicyV4': ({ file }) => file.generateSignedPostPolicyV4({ expires: day() }),
  'File.get': ({ file }) => file.get(),
  'File.getExpirationDate': ({ file }) => file.getExpirationDate().catch((error) => String(error)),
  'File.getMetadata': ({ file }) => file.getMetadata(),
  'File.getSignedUrl, to read': async ({ file }) => {
    const [url] = await file.getSignedUrl({ ...soon(), action: 'read', promptSaveAs: 'x' })
    expect(await (await fetch(url)).text()).toBe('ab')
  },
  'File.getSignedUrl, by version 2': async ({ file }) => {
    const [url] = await file.getSignedUrl({ ...soon(), version: 'v2', action: 'read' })
    expect(await (await fetch(url)).text()).toBe('ab')
  },
  'File.getSignedUrl, to write': async ({ file }) => {
    const [url] = await file.getSignedUrl({ ...soon(), action: 'write', contentType: 'text/x' })
    expect((await fetch(url, { method: 'PUT', headers: { 'content-type': 'text/x' }, body: 'text' })).status).toBe(200)
  },
  'File.getSignedUrl, to delete': async ({ file }) => {
    const [url] = await file.getSignedUrl({ ...soon(), action: 'delete' })
    expect((await fetch(url, { method: 'DELETE' })).status).toBe(204)
  },
  'File.getSignedUrl, to begin an upload': async ({ file }) => {
    const [url] = await file.getSignedUrl({ ...soon(), action: 'resumable' })
    await (await fetch(url, { method: 'POST', headers: { 'x-goog-resumable': 'start' } })).text()
  },
  'File.isPublic': ({ file }) => file.isPublic(),
  'File.makePrivate': ({ file }) => file.makePrivate(),
  'File.makePublic': ({ file }) => file.makePublic(),
  'File.move': ({ file }) => file.move('moved'),
  'File.moveFileAtomic': ({ file, bucket }) =>
    file.moveFileAtomic(bucket.file('moved'), { preconditionOpts: { ifGenerationMatch: 0 } }),
  'File.publicUrl': ({ file }) => file.publicUrl(),
  'File.rename': ({ file }) => file.rename('renamed'),
  'File.restore': ({ file }) => file.restore({ generation: 1 }),
  'File.rotateEncryptionKey': ({ file }) => file.rotateEncryptionKey({ encryptionKey: Buffer.alloc(32) }),
  'File.save': ({ file }) => file.save('text', { resumable: false, gzip: true, metadata: { metadata: { k: 'v' } } }),
  'File.setEncryptionKey': ({ bucket }) => bucket.file('x').setEncryptionKey(Buffer.alloc(32)),
  'File.setMetadata': ({ file }) =>
    file.setMetadata({ metadata: { k: null }, contentType: 'text/x' }, { ifMetagenerationMatch: 1 }),
  'File.setStorageClass': ({ file }) => file.setStorageClass('nearline'),
  'File.setUserProject': ({ bucket }) => void bucket.file('x').setUserProject('p'),
  'Acl.add': ({ file }) => file.acl.add({ entity: 'allUsers', role: 'READER' }),
  'Acl.delete': ({ file }) => file.acl.delete({ entity: 'allUsers' }),
  'Acl.get': ({ bucket }) => bucket.acl.get(),
  'Acl.update': ({ bucket }) => bucket.acl.default.update({ entity: 'allUsers', role: 'READER' }),
  'Iam.getPolicy': ({ bucket }) => bucket.iam.getPolicy(),
  'Iam.setPolicy': ({ bucket }) => bucket.iam.setPolicy({ bindings: [] }),
  'Iam.testPermissions': ({ bucket }) => bucket.iam.testPermissions('storage.buckets.get'),
  'HmacKey.setMetadata': ({ storage }) => storage.hmacKey('id').setMetadata({ state: 'INACTIVE' }),
  'Channel.stop': ({ storage }) => storage.channel('id', 'resource').stop(),
  'TransferManager.downloadFileInChunks': ({ bucket, folder }) =>
    new library.TransferManager(bucket).downloadFileInChunks('a', { destination: join(folder, 'parts') }),
  'TransferManager.downloadManyFiles': ({ bucket, folder }) =>
    new library.TransferManager(bucket).downloadManyFiles(['a', 'b'], { passthroughOptions: { destination: folder } }),
  'TransferManager.uploadManyFiles': ({ bucket, folder }) =>
    new library.TransferManager(bucket).uploadManyFiles([join(folder, 'file')]),
}
