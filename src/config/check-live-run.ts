import { PromptRunnerError } from '../errors.ts'
import { readInputText } from '../files/read-input.ts'
import type { Settings } from './settings-types.ts'

/**
 * What only a live run needs: somewhere to upload to, and credentials that do not run programs.
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

/** The kind of a Google credentials file (`service_account`, …). Throws PR_CREDENTIALS when it cannot or must not be used. */
export async function checkCredentials(file: string): Promise<string> {
  const refuse = (what: string, hint: string, cause?: unknown) =>
    new PromptRunnerError('PR_CREDENTIALS', `GOOGLE_APPLICATION_CREDENTIALS names ${file}, ${what}`, { hint, cause })
  let credentials: unknown
  try {
    credentials = JSON.parse(await readInputText(file))
  } catch (cause) {
    const why = cause instanceof SyntaxError ? 'it is not JSON' : (cause as Error).message
    throw refuse(`which cannot be read: ${why}`, 'name the key file of a service account, or unset the variable', cause)
  }
  if (runsProgram(credentials)) {
    throw refuse(
      'which runs a program to get its token (credential_source.executable)',
      'use the key file of a service account, or credentials that are read from a file or an address',
    )
  }
  return String((credentials as { type?: unknown } | null)?.type ?? 'no type')
}

/** Workload identity files may name a program (https://google.aip.dev/auth/4117), also one level down when impersonating. */
function runsProgram(credentials: unknown): boolean {
  if (typeof credentials !== 'object' || credentials === null) return false
  const { credential_source: source, source_credentials: inner } = credentials as Record<string, unknown>
  return (typeof source === 'object' && source !== null && 'executable' in source) || runsProgram(inner)
}
