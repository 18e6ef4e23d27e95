import { createPrivateKey } from 'node:crypto'
import { PromptRunnerError } from '../../errors.ts'
import { readInputText } from '../../files/read-input.ts'

/**
 * Looks at a Google credentials file before anything is asked of Google, and gives its kind (`service_account`, …). A file that makes
 * the library run a program is refused: a dry run could not see it, and nobody expects it of a key file. Throws PR_CREDENTIALS.
 */
export async function checkCredentials(file: string): Promise<string> {
  const refuse = (what: string, hint: string, cause?: unknown) =>
    new PromptRunnerError('PR_CREDENTIALS', `GOOGLE_APPLICATION_CREDENTIALS names ${file}, ${what}`, { hint, cause })
  let credentials: unknown
  try {
    credentials = JSON.parse(await readInputText(file))
  } catch (cause) {
    const why = cause instanceof SyntaxError ? 'it is not JSON' : (cause as Error).message
    throw refuse(`which cannot be read: ${why}`, ANOTHER, cause)
  }
  if (runsProgram(credentials)) {
    throw refuse(
      'which runs a program to get its token (credential_source.executable)',
      'use the key file of a service account, or credentials that are read from a file or an address',
    )
  }
  const { type, private_key: key } = Object(credentials) as Record<string, unknown>
  if (typeof type !== 'string') throw refuse('which has no "type": it is no credentials file', ANOTHER)
  if (type === 'service_account' && !isPrivateKey(key)) {
    throw refuse('whose private_key is no PEM key', 'take the key file anew from the Google Cloud console')
  }
  return type
}

const ANOTHER = 'name the key file of a service account, or unset the variable'

/** Workload identity files may name a program (https://google.aip.dev/auth/4117), also one level down when impersonating. */
function runsProgram(credentials: unknown): boolean {
  if (typeof credentials !== 'object' || credentials === null) return false
  const { credential_source: source, source_credentials: inner } = credentials as Record<string, unknown>
  return (typeof source === 'object' && source !== null && 'executable' in source) || runsProgram(inner)
}

/** The library would find out at the first upload, after hours of work, in words of OpenSSL's. */
function isPrivateKey(key: unknown): boolean {
  try {
    createPrivateKey(String(key))
    return true
  } catch {
    return false
  }
}
