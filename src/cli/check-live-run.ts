import { checkCredentials } from '../clients/gcs/google-credentials.ts'
import type { Settings } from '../config/settings-types.ts'
import { PromptRunnerError } from '../errors.ts'

/**
 * What only a live run needs: somewhere to upload to, and credentials that can be used.
 * Throws PR_USAGE or PR_CREDENTIALS; a dry run always passes.
 */
export async function checkLiveRun({ dryRun, run, storage }: Settings): Promise<void> {
  if (dryRun.enabled || run.validateOnly || !run.upload) return
  if (storage.bucket === null) {
    throw new PromptRunnerError('PR_USAGE', 'a live run uploads the finished video, and no bucket was given', {
      hint: 'give --bucket gs://name/prefix (or PR_BUCKET), or leave the video here with --no-upload',
    })
  }
  if (storage.credentialsFile !== null) await checkCredentials(storage.credentialsFile)
}
