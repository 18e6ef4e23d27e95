import { setTimeout as wait } from 'node:timers/promises'
import type { Storage } from '@google-cloud/storage'
import { type Pace, timeLimits } from '../../domain/pace.ts'
import { retries } from '../../domain/retry-policy.ts'
import { realPace } from '../real-pace.ts'
import { credentialsFailure } from './errors.ts'
import { checkCredentials } from './google-credentials.ts'

const GOOGLE = 'https://storage.googleapis.com'

const { attempts, growth, longestPause } = retries.storage
/** Milliseconds that the library may add of its own to all its pauses together, whatever the pace is. */
const OWN_PAUSES = attempts * 1_000

export interface GcsLibraryOptions {
  /** Always given: without it the library runs `gcloud` to find one. */
  readonly projectId: string
  /** null: application default credentials. */
  readonly credentialsFile: string | null
  /** Another server with the same API, reached without credentials. */
  readonly apiEndpoint?: string | undefined
  readonly pace?: Pace | undefined
}

export interface GcsLibrary {
  /**
   * A Storage for one operation. They share credentials and nothing else: the library keeps its retry state in the Storage, and
   * one upload can switch off the retries of all that follow. Without `mayRetry` nothing is asked twice.
   */
  open(signal?: AbortSignal, mayRetry?: boolean): Storage
  /** A part of what an address has. */
  bytes(url: string, part: { from: number; end: number }, signal?: AbortSignal): Promise<Uint8Array>
}

/** Loads Google's library (some hundred milliseconds) and the credentials. Throws PR_CREDENTIALS. */
export async function loadGcsLibrary({
  projectId,
  credentialsFile,
  apiEndpoint = GOOGLE,
  pace = realPace,
}: GcsLibraryOptions): Promise<GcsLibrary> {
  const { Storage, RETRYABLE_ERR_FN_DEFAULT } = await import('@google-cloud/storage')
  const isGoogle = apiEndpoint === GOOGLE
  // With STORAGE_EMULATOR_HOST set the library takes every endpoint for an emulator and drops the token; this keeps it.
  const common = { projectId, apiEndpoint, useAuthWithCustomEndpoint: isGoogle }
  const { authClient } = new Storage(common)
  if (isGoogle) await loadCredentials(authClient, credentialsFile)
  // A key that nobody asks for lets the same transport go without a token.
  const sender = isGoogle ? authClient : authClient.fromAPIKey('none')

  return {
    async bytes(url, { from, end }, signal) {
      const { data } = await sender.request<ArrayBuffer>({
        url,
        headers: { range: `bytes=${from}-${end - 1}` },
        responseType: 'arraybuffer',
        timeout: pace.limit(timeLimits.storage),
        ...(signal && { signal }),
      })
      const bytes = new Uint8Array(data)
      if (bytes.length !== end - from) throw new Error(`${bytes.length} bytes came instead of ${end - from}`)
      return bytes
    },

    open(signal, mayRetry = true) {
      const storage = new Storage({
        ...common,
        authClient,
        retryOptions: {
          autoRetry: mayRetry,
          maxRetries: attempts - 1,
          retryDelayMultiplier: (growth * pace.limit(1_000)) / 1_000,
          maxRetryDelay: longestPause / 1_000,
          retryableErrorFn: (error) =>
            mayRetry && !signal?.aborted && (RETRYABLE_ERR_FN_DEFAULT(error) || isTimeout(error)),
        },
      })
      // Metadata requests go to STORAGE_EMULATOR_HOST whatever the endpoint is, unless told otherwise here.
      storage.baseUrl = `${apiEndpoint.replace(/\/+$/, '')}/storage/v1`
      storage.interceptors.push({
        request: (options) => Object.assign(options, limits(pace, signal)) as LibraryRequest,
      })
      return storage
    },
  }
}

async function loadCredentials(authClient: Storage['authClient'], file: string | null): Promise<void> {
  if (file !== null) await checkCredentials(file)
  try {
    // Without this call the library would send requests without a token when it finds no credentials.
    // The method by which the library reads its own default file is the one that prints no warning.
    await (file === null ? authClient.getClient() : authClient._getApplicationCredentialsFromFilePath(file))
  } catch (error) {
    const said = error instanceof Error ? error.message : String(error)
    throw credentialsFailure(`loading Google credentials${file === null ? '' : ` from ${file}`} failed: ${said}`, error)
  }
}

/** The library's own type of a request, which it does not export. */
type LibraryRequest = ReturnType<Storage['interceptors'][number]['request']>

interface TransportOptions {
  readonly signal?: AbortSignal
}

/** Options of gaxios, the library's transport for uploads: a time limit, and a way to stop a request under way. */
function limits(pace: Pace, signal: AbortSignal | undefined): object {
  const timeout = pace.limit(timeLimits.storage)
  if (signal === undefined) return { timeout }
  const adapter = (options: TransportOptions, send: (options: TransportOptions) => unknown) =>
    send({ ...options, signal: options.signal === undefined ? signal : AbortSignal.any([options.signal, signal]) })
  return { timeout, adapter }
}

function isTimeout(error: { cause?: unknown }): boolean {
  const name = error.cause instanceof Error ? error.cause.name : undefined
  return name === 'AbortError' || name === 'TimeoutError'
}

/**
 * Stops waiting for work that cannot be stopped itself: rejects with the signal's reason, or after `timeout` milliseconds, for Google's
 * library itself would wait for ever.
 * What the work does after that is nobody's business any more.
 */
export async function interruptible<T>(
  work: Promise<T>,
  { signal, timeout, pace }: { signal?: AbortSignal | undefined; timeout?: number | undefined; pace: Pace },
): Promise<T> {
  const over = new AbortController()
  const stops = [signal && aborted(signal, over.signal), timeout && timedOut(timeout, pace, over.signal)]
  try {
    return await Promise.race([work, ...stops.filter((stop) => typeof stop === 'object')])
  } finally {
    work.catch(() => {})
    over.abort()
  }
}

function aborted(signal: AbortSignal, over: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason), { signal: over })
  })
}

async function timedOut(timeout: number, pace: Pace, over: AbortSignal): Promise<never> {
  await wait(Math.max(pace.limit(timeout), OWN_PAUSES), undefined, { signal: over })
  throw new Error(`no answer within ${timeout / 1000} seconds`)
}
