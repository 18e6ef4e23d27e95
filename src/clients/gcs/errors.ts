import { type ErrorCode, PromptRunnerError } from '../../errors.ts'

/** What was being done, for the sentence: `uploading film.mp4 to gs://bucket/name`. */
export interface Attempt {
  readonly code: Extract<ErrorCode, 'PR_UPLOAD' | 'PR_STORAGE'>
  readonly doing: string
  readonly bucket: string
}

/** HTTP status of an error of Google's library; undefined when there was no answer. */
export function statusOf(error: unknown): number | undefined {
  const { code, status } = shape(error)
  const inMessage = /\bstatus: (\d{3})\b/.exec(messageOf(error))?.[1]
  const found = [code, status, inMessage].map(Number).find((value) => value >= 100 && value < 600)
  return found
}

/** Whether the same may go well a little later: the connection broke, or the service has a problem of its own. */
export function isPassing(error: unknown): boolean {
  if (knownCause(error) !== null || isOfFile(error) || isCredentialFailure(messageOf(error))) return false
  const status = statusOf(error)
  return status === undefined || [308, 408, 425, 429].includes(status) || (status >= 500 && status !== 501)
}

/** Whether the local file could not be read. */
function isOfFile(error: unknown): boolean {
  return typeof (shape(error) as { path?: unknown }).path === 'string'
}

/**
 * Makes one known failure of the library's many shapes: GaxiosError, ApiError, FetchError, RangeError, and the plain object
 * that a refused chunk rejects with. Errors that are known already stay as they are.
 */
export function storageFailure(error: unknown, attempt: Attempt): PromptRunnerError {
  const known = knownCause(error)
  if (known !== null) return known
  const status = statusOf(error)
  const said = messageOf(error) || 'no reason given'
  if (status === 401 || isCredentialFailure(said)) return credentialsFailure(`${attempt.doing} failed: ${said}`, error)
  const reason = reasonOf(error)
  const answered = status === undefined ? 'failed' : `was answered with ${status}${reason === '' ? '' : ` ${reason}`}`
  return new PromptRunnerError(attempt.code, `${attempt.doing} ${answered}: ${said}`, {
    hint: hintFor(status, attempt),
    cause: error,
  })
}

/** PR_CREDENTIALS, with the two usual ways to get credentials as the hint. */
export function credentialsFailure(message: string, cause?: unknown): PromptRunnerError {
  const hint =
    'run `gcloud auth application-default login`, or set GOOGLE_APPLICATION_CREDENTIALS to the key file of a service account'
  return new PromptRunnerError('PR_CREDENTIALS', message, { hint, cause })
}

function hintFor(status: number | undefined, { code, bucket }: Attempt): string {
  const again = code === 'PR_UPLOAD' ? 'resume the run' : 'try again'
  switch (status) {
    case 400:
      return `check that nothing writes to the file while it is uploaded, and ${again}`
    case 403:
      return `give the account the role "Storage Object User" on gs://${bucket}`
    case 404:
      return `check that the bucket gs://${bucket} exists and is spelled right in --bucket`
    case 429:
      return `wait a minute and ${again}: the bucket or object is changed too often`
    case undefined:
      return `check the network and ${again}: what is done is not done twice`
    default:
      return status >= 500
        ? `Google Cloud Storage has a problem of its own: ${again} in a while`
        : `check the bucket gs://${bucket} and its settings`
  }
}

interface ErrorShape {
  readonly code?: unknown
  readonly status?: unknown
  readonly message?: unknown
  readonly cause?: unknown
  readonly errors?: ReadonlyArray<{ readonly reason?: unknown; readonly message?: unknown }>
}

function shape(error: unknown): ErrorShape {
  return typeof error === 'object' && error !== null ? error : { message: String(error) }
}

function messageOf(error: unknown): string {
  const { message } = shape(error)
  if (typeof message !== 'string') return ''
  // Who knows the address of a session may write the object.
  const safe = message.replace(/([?&]upload_id=)[^\s&"',]+/g, '$1…')
  return safe.replace(/\s+/g, ' ').trim().slice(0, 500)
}

function reasonOf(error: unknown): string {
  const { errors } = shape(error)
  const reason = Array.isArray(errors) ? errors[0]?.reason : undefined
  return typeof reason === 'string' ? `(${reason})` : ''
}

function isCredentialFailure(message: string): boolean {
  return /default credentials|credential file|invalid_grant|invalid_client|private key|DECODER/i.test(message)
}

function knownCause(error: unknown): PromptRunnerError | null {
  for (let cause = error; cause !== undefined && cause !== null; cause = shape(cause).cause) {
    if (cause instanceof PromptRunnerError) return cause
  }
  return null
}
