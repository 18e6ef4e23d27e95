import { gcsObjectContract } from './gcs-objects.ts'
import type { Reached } from './gcs-requests.ts'
import { gcsUploadContract } from './gcs-uploads.ts'

export type { Reached } from './gcs-requests.ts'

/** Every way of reaching the GCS simulator, with any bucket existing and bytes kept, must pass the same contract. */
export function gcsContract(name: string, reach: () => Promise<Reached>): void {
  gcsUploadContract(name, reach)
  gcsObjectContract(name, reach)
}
