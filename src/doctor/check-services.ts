import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { PodClient } from '../clients/clients.ts'
import { checkCredentials } from '../config/check-live-run.ts'
import type { Settings } from '../config/settings-types.ts'
import { type DoctorFinding, findingsOf, orMissing } from './doctor-finding.ts'

/** Bucket and credentials, without a request. `home` is where Google's tools keep the credentials of a person. */
export async function checkStorage({ run, storage }: Settings, home: string): Promise<readonly DoctorFinding[]> {
  const { ok, missing } = findingsOf('storage')
  if (!run.upload) return [ok('nothing is uploaded (--no-upload)')]
  const bucket =
    storage.bucket === null
      ? missing(
          'PR_USAGE',
          'no bucket is set to upload the finished video to',
          'give --bucket gs://name/prefix (or PR_BUCKET), or leave the video here with --no-upload',
        )
      : ok(`gs://${[storage.bucket, storage.prefix].filter((part) => part !== '').join('/')}`)
  return [bucket, ...(await orMissing('credentials', async () => [await checkGoogle(storage.credentialsFile, home)]))]
}

async function checkGoogle(file: string | null, home: string): Promise<DoctorFinding> {
  const { ok, missing } = findingsOf('credentials')
  if (file !== null) return ok(`${await checkCredentials(file)}, from ${file}`)
  // https://cloud.google.com/docs/authentication/application-default-credentials
  const own = join(home, '.config/gcloud/application_default_credentials.json')
  if (await stat(own).catch(() => null)) return ok(`${await checkCredentials(own)}, the application default`)
  return missing(
    'PR_CREDENTIALS',
    'no Google credentials are on this machine',
    'name a key file with GOOGLE_APPLICATION_CREDENTIALS, or run gcloud auth application-default login; a virtual machine of Google needs neither',
  )
}

/** The pod's state and price, by one GET; with null nobody is asked. */
export async function checkPod({ pod }: Settings, client: PodClient | null): Promise<readonly DoctorFinding[]> {
  const { ok, missing } = findingsOf('pod')
  if (pod.id === null) return [ok('not on a pod: none will be shut down')]
  if (pod.apiKey === null) {
    return [missing('PR_POD', `pod ${pod.id} cannot be asked or shut down without a key`, 'set RUNPOD_API_KEY')]
  }
  if (client === null) return [ok(`${pod.id}, not asked`)]
  return orMissing('pod', async () => {
    const { status, gpu, costPerHour, locked } = await client.info()
    const device = gpu ? `${gpu.count} × ${gpu.id}` : 'no GPU'
    return [ok(`${pod.id} is ${status}, ${device}, $${costPerHour}/h now${locked ? ', locked' : ''}`)]
  })
}
