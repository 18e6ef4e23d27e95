import { invalid } from './gcs-failure.ts'

const MOST_BYTES = 1024

/** Throws the refusal of a name that no object may have: https://cloud.google.com/storage/docs/objects#naming. */
export function checkObjectName(name: string): void {
  const bytes = Buffer.byteLength(name)
  if (bytes > MOST_BYTES) {
    throw invalid(
      `The maximum object length is ${MOST_BYTES} characters, but got a name with ${bytes} characters: '${name.slice(0, MOST_BYTES)}...'`,
    )
  }
  if (/[\r\n]/.test(name)) throw invalid('Disallowed unicode characters present in object name.')
  if (name === '.' || name === '..' || name.startsWith('.well-known/acme-challenge/')) {
    throw invalid(`Invalid object name: '${name}'`)
  }
}
