import type { Bucket } from '@google-cloud/storage'
import { timeLimits } from '../../domain/pace.ts'
import type { StoredObject } from '../../domain/run-event.ts'
import type { StorageClient, StorageUpload } from '../clients.ts'
import { realPace } from '../real-pace.ts'
import { downloadObject } from './download.ts'
import { type Attempt, statusOf, storageFailure } from './errors.ts'
import { type GcsLibrary, type GcsLibraryOptions, interruptible, loadGcsLibrary } from './library.ts'
import { NameTaken, storedObject, uploadFile } from './upload.ts'

interface StorageClientOptions extends GcsLibraryOptions {
  readonly bucket: string
  /** Without a slash at either end. */
  readonly prefix: string
}

/** Google Cloud Storage by Google's own library, which is loaded and authenticated at the first call. */
export function createStorageClient(options: StorageClientOptions): StorageClient {
  const { bucket, prefix, pace = realPace } = options
  /** For a request that moves no content. */
  const timeout = timeLimits.answer
  let loading: Promise<GcsLibrary> | undefined
  const load = () => {
    loading ??= loadGcsLibrary(options)
    // A failure is not remembered: credentials can appear while the program runs.
    loading.catch(() => {
      loading = undefined
    })
    return loading
  }

  async function attempt<T>(
    what: Omit<Attempt, 'bucket'> & { signal: AbortSignal | undefined; timeout?: number },
    work: (bucket: Bucket, once: Bucket) => Promise<T>,
  ): Promise<T> {
    const { signal, timeout } = what
    try {
      signal?.throwIfAborted()
      // Credentials may come from a server that hangs.
      const library = await interruptible(load(), { signal, timeout, pace })
      const [target, once] = [true, false].map((mayRetry) => library.open(signal, mayRetry).bucket(bucket))
      return await interruptible(work(target!, once!), { signal, timeout, pace })
    } catch (error) {
      if (signal?.aborted) throw signal.reason
      throw storageFailure(error, { ...what, bucket })
    }
  }

  function upload(request: StorageUpload, signal?: AbortSignal): Promise<StoredObject> {
    const doing = `uploading ${request.path} to gs://${bucket}/${request.object}`
    return attempt({ code: 'PR_UPLOAD', doing, signal }, (target, once) =>
      uploadFile({ bucket: target, once }, request, { pace, signal }),
    )
  }

  return {
    bucket,
    prefix,
    upload,

    claim(request, signal) {
      return upload(request, signal).catch((error) => {
        if (error instanceof NameTaken) return null
        throw error
      })
    },

    download(object, path, signal) {
      const doing = `downloading gs://${bucket}/${object}`
      return attempt({ code: 'PR_STORAGE', doing, signal }, async (target) =>
        downloadObject(target, await load(), { object, path }, { pace, signal }),
      )
    },

    stat(object, signal) {
      const doing = `looking up gs://${bucket}/${object}`
      return attempt({ code: 'PR_STORAGE', doing, signal, timeout }, async (target) => {
        try {
          return storedObject((await target.file(object).getMetadata())[0])
        } catch (error) {
          if (statusOf(error) === 404) return null
          throw error
        }
      })
    },

    list(under, signal) {
      const doing = `listing gs://${bucket}/${under}`
      return attempt({ code: 'PR_STORAGE', doing, signal, timeout }, async (target) => {
        const [files] = await target.getFiles({ prefix: under })
        return files.map(({ metadata }) => storedObject(metadata))
      })
    },
  }
}
