import { join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { createPodClient } from '../../src/clients/runpod.ts'
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

async function podAnswering(answer: () => Response) {
  const server = await listening(async () => answer())
  onTestFinished(() => server.close())
  return createPodClient({ podId: 'p1', apiKey: 'k', url: new URL(server.origin) })
}

it('says what a pod is and what it costs', async () => {
  const client = await podAnswering(() => Response.json(pod))
  expect(await checkPod(await settings({ 'pod-id': 'p1' }, { RUNPOD_API_KEY: 'k' }), client)).toEqual([
    { check: 'pod', level: 'ok', message: 'p1 is RUNNING, 1 × NVIDIA GeForce RTX 4090, $0.69/h now' },
  ])
})

it('says why a pod cannot be asked', async () => {
  const client = await podAnswering(() =>
    Response.json({ title: 'Not Found', status: 404, detail: 'no such pod' }, { status: 404 }),
  )
  const [refused] = await checkPod(await settings({ 'pod-id': 'p1' }, { RUNPOD_API_KEY: 'k' }), client)
  expect(refused).toMatchObject({ check: 'pod', level: 'missing', code: 'PR_POD' })
  expect(await checkPod(await settings({ 'pod-id': 'p1' }), client)).toEqual([
    {
      check: 'pod',
      level: 'missing',
      message: 'pod p1 cannot be asked or shut down without a key',
      hint: 'set RUNPOD_API_KEY',
      code: 'PR_POD',
    },
  ])
})

it('finds the credentials that Google keeps for a person', async () => {
  const file = '.config/gcloud/application_default_credentials.json'
  const home = newFolder({ [file]: '{"type":"authorized_user"}' })
  expect(await checkStorage(await settings({ bucket: 'gs://films' }), home)).toEqual([
    { check: 'storage', level: 'ok', message: 'gs://films' },
    { check: 'credentials', level: 'ok', message: 'authorized_user, the application default' },
  ])
})

it('says that there are no credentials', async () => {
  const [, credentials] = await checkStorage(await settings({ bucket: 'gs://films/a' }), join(newFolder(), 'nobody'))
  expect(credentials).toMatchObject({ level: 'missing', code: 'PR_CREDENTIALS' })
})

it('asks for neither bucket nor credentials when nothing is uploaded', async () => {
  expect(await checkStorage(await settings({ 'no-upload': true }), '/')).toEqual([
    { check: 'storage', level: 'ok', message: 'nothing is uploaded (--no-upload)' },
  ])
})
