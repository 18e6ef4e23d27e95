import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { PodClient, StorageClient } from '../clients/clients.ts'
import { statusOf } from '../clients/gcs/errors.ts'
import { checkCredentials } from '../clients/gcs/google-credentials.ts'
import type { Settings } from '../config/settings-types.ts'
import { priceText } from '../domain/price.ts'
import { PromptRunnerError } from '../errors.ts'
import { type DoctorFinding, findingsOf, orMissing } from './doctor-finding.ts'

/** Who asks the bucket; `client` null: nobody does. */
interface StorageQuestion {
  /** Where Google's tools keep the credentials of a person. */
  readonly home: string
  readonly client: Pick<StorageClient, 'list'> | null
  readonly signal?: AbortSignal | undefined
}

/** Whether there are credentials, and whether the bucket lets them in, by one listing of it. */
export async function checkStorage(
  { run, storage, dryRun }: Settings,
  { home, client, signal }: StorageQuestion,
): Promise<readonly DoctorFinding[]> {
  const { ok, missing } = findingsOf('storage')
  if (!run.upload) return [ok('nothing is uploaded (--no-upload)')]
  const credentials = await checkGoogle(storage.credentialsFile, home)
  if (storage.bucket === null) {
    const cure = 'give --bucket gs://name/prefix (or PR_BUCKET), or leave the video here with --no-upload'
    return [missing('PR_USAGE', 'no bucket is set to upload the finished video to', cure), credentials ?? noCredentials]
  }
  const address = `gs://${path(storage.bucket, storage.prefix)}`
  // With DRY_RUN set the bucket may be one that no settings name, and somebody else's.
  if (client === null || dryRun.enabled) return [ok(`${address}, not asked`), credentials ?? noCredentials]
  const unasked = ok(`${address}, not asked for want of credentials`)
  if (credentials?.level === 'missing') return [unasked, credentials]

  const bucket = await askBucket(client, storage, address, signal)
  // Google's library says so before it asks anybody.
  if (!credentials && /could not load the default credentials/i.test(bucket.message)) return [unasked, noCredentials]
  if (credentials) return [bucket, credentials]
  return bucket.level === 'missing'
    ? [bucket]
    : [bucket, findingsOf('credentials').ok('those of this machine, from Google')]
}

async function askBucket(
  client: Pick<StorageClient, 'list'>,
  { bucket, prefix }: Settings['storage'],
  address: string,
  signal: AbortSignal | undefined,
): Promise<DoctorFinding> {
  const { ok, warning } = findingsOf('storage')
  const [finding] = await orMissing('storage', async () => {
    try {
      // Under a name that nobody uses: one page answers, however much lies in the bucket.
      await client.list(path(prefix, '.pr-doctor/'), signal)
      return [ok(`${address} answers, and may be listed`)]
    } catch (error) {
      if (!(error instanceof PromptRunnerError) || statusOf(error.cause) !== 403) throw error
      // An account may be allowed to write and not to list. The run then warns, too.
      return [
        warning(
          `whether ${address} can be uploaded to shows only at the first upload: ${error.message}`,
          `give the account the role "Storage Object User" on gs://${bucket}`,
        ),
      ]
    }
  })
  return finding!
}

const path = (...parts: readonly string[]) => parts.filter((part) => part !== '').join('/')

/** The finding about the credentials file that Google's library would read; null when there is none. */
async function checkGoogle(file: string | null, home: string): Promise<DoctorFinding | null> {
  const { ok } = findingsOf('credentials')
  // https://cloud.google.com/docs/authentication/application-default-credentials
  const own = join(home, '.config/gcloud/application_default_credentials.json')
  if (file === null && !(await stat(own).catch(() => null))) return null
  const [finding] = await orMissing('credentials', async () => [
    ok(
      file === null
        ? `${await checkCredentials(own)}, the application default`
        : `${await checkCredentials(file)}, from ${file}`,
    ),
  ])
  return finding!
}

const noCredentials = findingsOf('credentials').missing(
  'PR_CREDENTIALS',
  'no Google credentials are on this machine',
  'name a key file with GOOGLE_APPLICATION_CREDENTIALS, or run gcloud auth application-default login; a virtual machine of Google needs neither',
)

/** The pod's state and price, by one GET; with null nobody is asked. */
export async function checkPod(
  { pod, dryRun }: Settings,
  client: PodClient | null,
  now: number,
): Promise<readonly DoctorFinding[]> {
  const { ok, missing } = findingsOf('pod')
  if (pod.id === null) return [ok('not on a pod: none will be shut down')]
  if (pod.apiKey === null) {
    return [missing('PR_POD', `pod ${pod.id} cannot be asked or shut down without a key`, 'set RUNPOD_API_KEY')]
  }
  if (client === null) return [ok(`${pod.id}, not asked`)]
  return orMissing('pod', async () => {
    const { status, gpu, costPerHour, locked } = await client.info()
    const device = gpu ? `${gpu.count} × ${gpu.id}` : 'no GPU'
    // With a simulated network it is a recording's pod.
    const price = dryRun.enabled ? '' : `, ${priceText({ perHour: costPerHour, from: 'runpod', at: now })} now`
    return [ok(`${pod.id} is ${status}, ${device}${price}${locked ? ', locked' : ''}`)]
  })
}
