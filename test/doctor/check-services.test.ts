import { join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { storageFailure } from '../../src/clients/gcs/errors.ts'
import { createStorageClient } from '../../src/clients/gcs/gcs.ts'
import { createPodClient } from '../../src/clients/runpod/runpod.ts'
import { loadSettings } from '../../src/config/settings.ts'
import { checkPod, checkStorage } from '../../src/doctor/check-services.ts'
import { newFolder } from '../cli/run-pr.ts'
import { listening } from '../simulators/listening.ts'

const settings = async (flags: object, environment = {}) =>
  (await loadSettings({ ...flags }, environment, newFolder())).settings

const pod = {
  id: 'p1',
  name: 'wan',
  status: 'RUNNING',
  actions: ['stop'],
  cost: 0.69,
  locked: false,
  gpu: { id: 'NVIDIA GeForce RTX 4090', count: 1 },
  runtime: null,
}

const now = Date.UTC(2026, 10, 30)

async function podAnswering(answer: () => Response) {
  const server = await listening(async () => answer())
  onTestFinished(() => server.close())
  return createPodClient({ podId: 'p1', apiKey: 'k', url: new URL(server.origin) })
}

it('says what a pod is and what it costs', async () => {
  const client = await podAnswering(() => Response.json(pod))
  expect(await checkPod(await settings({ 'pod-id': 'p1' }, { RUNPOD_API_KEY: 'k' }), client, now)).toEqual([
    {
      check: 'pod',
      level: 'ok',
      message: 'p1 is RUNNING, 1 × NVIDIA GeForce RTX 4090, $0.69/h (RunPod, 2026-11-30) now',
    },
  ])
  const rehearsed = await settings({ 'pod-id': 'p1' }, { RUNPOD_API_KEY: 'k', DRY_RUN: '1' })
  expect(await checkPod(rehearsed, client, now)).toMatchObject([
    { message: 'p1 is RUNNING, 1 × NVIDIA GeForce RTX 4090' },
  ])
})

it('says why a pod cannot be asked', async () => {
  const client = await podAnswering(() =>
    Response.json({ title: 'Not Found', status: 404, detail: 'no such pod' }, { status: 404 }),
  )
  const [refused] = await checkPod(await settings({ 'pod-id': 'p1' }, { RUNPOD_API_KEY: 'k' }), client, now)
  expect(refused).toMatchObject({ check: 'pod', level: 'missing', code: 'PR_POD' })
  expect(await checkPod(await settings({ 'pod-id': 'p1' }), client, now)).toEqual([
    {
      check: 'pod',
      level: 'missing',
      message: 'pod p1 cannot be asked or shut down without a key',
      hint: 'set RUNPOD_API_KEY',
      code: 'PR_POD',
    },
  ])
})

/** The client of a bucket that answers so; on loopback it needs no credentials. */
async function bucketAnswering(answer: () => Response) {
  const asked: string[] = []
  const server = await listening(async ({ method, url }) => {
    const { pathname, search } = new URL(url)
    asked.push(`${method} ${pathname}${search}`)
    return answer()
  })
  onTestFinished(() => server.close())
  const client = createStorageClient({
    bucket: 'films',
    prefix: 'otters',
    projectId: 'p',
    credentialsFile: null,
    apiEndpoint: server.origin,
  })
  return { asked, client }
}

const refusal = (code: number, reason: string, message: string) => () =>
  Response.json({ error: { code, message, errors: [{ domain: 'global', reason, message }] } }, { status: code })

const home = newFolder({ '.config/gcloud/application_default_credentials.json': '{"type":"authorized_user"}' })
const nobody = join(newFolder(), 'nobody')
const authorized = { check: 'credentials', level: 'ok', message: 'authorized_user, the application default' }

it('lists the bucket once, and little of it', async () => {
  const { client, asked } = await bucketAnswering(() => Response.json({ kind: 'storage#objects' }))
  expect(await checkStorage(await settings({ bucket: 'gs://films/otters' }), { home, client })).toEqual([
    { check: 'storage', level: 'ok', message: 'gs://films/otters answers, and may be listed' },
    authorized,
  ])
  expect(asked).toEqual(['GET /storage/v1/b/films/o?prefix=otters%2F.pr-doctor%2F'])
})

it('takes an answer for the proof that a machine without a key file has credentials', async () => {
  const { client } = await bucketAnswering(() => Response.json({}))
  const [, credentials] = await checkStorage(await settings({ bucket: 'gs://films' }), { home: nobody, client })
  expect(credentials).toEqual({ check: 'credentials', level: 'ok', message: 'those of this machine, from Google' })
})

it('says that a bucket does not exist', async () => {
  const { client } = await bucketAnswering(refusal(404, 'notFound', 'The specified bucket does not exist.'))
  expect(await checkStorage(await settings({ bucket: 'gs://films/otters' }), { home, client })).toEqual([
    {
      check: 'storage',
      level: 'missing',
      message:
        'listing gs://films/otters/.pr-doctor/ was answered with 404 (notFound): The specified bucket does not exist.',
      hint: 'check that the bucket gs://films exists and is spelled right in --bucket',
      code: 'PR_STORAGE',
    },
    authorized,
  ])
})

it('warns of an account that may not list, for it may still upload', async () => {
  const { client } = await bucketAnswering(refusal(403, 'forbidden', 'No storage.objects.list access.'))
  expect(await checkStorage(await settings({ bucket: 'gs://films/otters' }), { home, client })).toEqual([
    {
      check: 'storage',
      level: 'warning',
      message:
        'whether gs://films/otters can be uploaded to shows only at the first upload: listing gs://films/otters/.pr-doctor/ was answered with 403 (forbidden): No storage.objects.list access.',
      hint: 'give the account the role "Storage Object User" on gs://films',
    },
    authorized,
  ])
})

it('tells what a bucket says of a token that it refuses', async () => {
  const { client } = await bucketAnswering(refusal(401, 'authError', 'Invalid Credentials'))
  expect(await checkStorage(await settings({ bucket: 'gs://films' }), { home, client })).toMatchObject([
    {
      check: 'storage',
      level: 'missing',
      code: 'PR_CREDENTIALS',
      message: 'listing gs://films/.pr-doctor/ failed: Invalid Credentials',
      hint: expect.stringContaining('gcloud auth'),
    },
    { check: 'credentials', level: 'ok', message: 'authorized_user, the application default' },
  ])
})

it('says that no bucket can be reached', async () => {
  const attempt = { code: 'PR_STORAGE', doing: 'listing gs://films/.pr-doctor/', bucket: 'films' } as const
  // As the client says it, without the seconds in which Google's library tries again.
  const list = () => Promise.reject(storageFailure(new Error('getaddrinfo ENOTFOUND storage.googleapis.com'), attempt))
  const [storage] = await checkStorage(await settings({ bucket: 'gs://films' }), { home, client: { list } })
  expect(storage).toEqual({
    check: 'storage',
    level: 'missing',
    message: 'listing gs://films/.pr-doctor/ failed: getaddrinfo ENOTFOUND storage.googleapis.com',
    hint: 'check the network and try again: what is done is not done twice',
    code: 'PR_STORAGE',
  })
})

it('asks no bucket with credentials that must not be used', async () => {
  const { client, asked } = await bucketAnswering(() => Response.json({}))
  const program = newFolder({ 'key.json': '{"type":"x","credential_source":{"executable":{"command":"/bin/evil"}}}' })
  const rights = { GOOGLE_APPLICATION_CREDENTIALS: join(program, 'key.json') }
  expect(await checkStorage(await settings({ bucket: 'gs://films' }, rights), { home, client })).toMatchObject([
    { check: 'storage', level: 'ok', message: 'gs://films, not asked for want of credentials' },
    { check: 'credentials', level: 'missing', code: 'PR_CREDENTIALS' },
  ])
  expect(asked).toEqual([])
})

it('does not ask for the bucket that a rehearsal makes up', async () => {
  const { client, asked } = await bucketAnswering(() => Response.json({}))
  const [storage] = await checkStorage(await settings({}, { DRY_RUN: '1' }), { home, client })
  expect(storage).toEqual({ check: 'storage', level: 'ok', message: 'gs://dry-run, not asked' })
  expect(asked).toEqual([])
})

it('finds the credentials that Google keeps for a person, and asks nobody', async () => {
  expect(await checkStorage(await settings({ bucket: 'gs://films' }), { home, client: null })).toEqual([
    { check: 'storage', level: 'ok', message: 'gs://films, not asked' },
    authorized,
  ])
})

it('says that there are no credentials', async () => {
  const given = await settings({ bucket: 'gs://films/a' })
  const [, credentials] = await checkStorage(given, { home: nobody, client: null })
  expect(credentials).toMatchObject({ level: 'missing', code: 'PR_CREDENTIALS' })
})

it('asks for neither bucket nor credentials when nothing is uploaded', async () => {
  expect(await checkStorage(await settings({ 'no-upload': true }), { home: '/', client: null })).toEqual([
    { check: 'storage', level: 'ok', message: 'nothing is uploaded (--no-upload)' },
  ])
})
