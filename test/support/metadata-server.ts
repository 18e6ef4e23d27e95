import { createRequire } from 'node:module'

const requireAsGoogle = createRequire(createRequire(import.meta.url).resolve('@google-cloud/storage'))

/**
 * Google's library looks for its metadata server once in a process, and then takes it for there: who comes next would ask it again and
 * again for seconds after a cancel, also in somebody else's test. Each run and each file is to be as in a new process.
 */
export function forgetMetadataServer(): void {
  requireAsGoogle.cache[requireAsGoogle.resolve('gcp-metadata')]?.exports.resetIsAvailableCache()
}
