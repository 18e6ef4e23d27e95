import type { HarHeader } from '../../recording/har.ts'
import { placeholder } from '../../recording/redact-text.ts'

/** Headers by which the two ends of a socket greet each other: drawn anew each time, and good for nothing else. */
const GREETING = /^sec-websocket-(?:key|accept)$/i

/** Google's client says the token of a request, by which it is told from its repetitions, once more among its versions. */
const TOKEN = 'x-goog-gcs-idempotency-token'
const INVOCATION = /(gccl-invocation-id\/)[\w-]+/g

/** Headers without what is drawn at random for one exchange: by it two records of the same run would differ. */
export function withoutOneTime(headers: readonly HarHeader[]): HarHeader[] {
  return headers.map(({ name, value }) => {
    if (GREETING.test(name)) return { name, value: placeholder(name) }
    if (!/^x-goog-api-client$/i.test(name)) return { name, value }
    return { name, value: value.replaceAll(INVOCATION, `$1${placeholder(TOKEN)}`) }
  })
}
