import { bucketNameFault } from './bucket-name.ts'
import { list, type Parser, text } from './parse-value.ts'

/** ComfyUI's address: http or https, a base path is fine, credentials and queries are not. */
export const httpUrl: Parser<URL, string> = (raw) => {
  const wrong = 'must be an address that starts with http:// or https://'
  const url = URL.canParse(String(raw)) ? new URL(String(raw)) : null
  if (typeof raw !== 'string' || !url || !['http:', 'https:'].includes(url.protocol)) {
    const guess = `http://${String(raw).replace(/^\w*:?\/\//, '')}`
    return URL.canParse(guess) ? { wrong, hint: `did you mean ${guess}?` } : { wrong }
  }
  if (url.username || url.password) {
    return { wrong: 'must not hold a user name or password', hint: 'use --comfyui-token or --comfyui-header' }
  }
  if (url.search || url.hash) return { wrong: 'must not have a query or a fragment' }
  return { value: url }
}

export interface BucketAddress {
  readonly bucket: string
  /** Without a slash at either end; empty for the bucket's root. */
  readonly prefix: string
}

/** `gs://bucket/prefix`. */
export const bucketAddress: Parser<BucketAddress, string> = (raw) => {
  const wrong = 'must look like gs://bucket or gs://bucket/prefix'
  const [, bucket = '', rest = ''] = /^gs:\/\/([^/]+)(\/.*)?$/.exec(String(raw)) ?? []
  if (bucket === '') {
    return typeof raw === 'string' && /^[a-z0-9][^:]*$/.test(raw)
      ? { wrong, hint: `did you mean gs://${raw}?` }
      : { wrong }
  }
  const fault = bucketNameFault(bucket)
  if (fault !== null) return { wrong: fault }
  const prefix = rest.replace(/^\/+|\/+$/g, '')
  return /[\p{Cc}#?*[\]]|(^|\/)\.{1,2}(\/|$)/u.test(prefix)
    ? { wrong: 'must have a prefix without control characters and # ? * [ ], and without . or .. as a part' }
    : { value: { bucket, prefix } }
}

type Headers = Readonly<Record<string, string>>

/** `Name: value`, repeatable; a configuration file may hold a map as well. */
export const headers: Parser<Headers, string | readonly string[] | Headers> = (raw, folder) => {
  const isMap = typeof raw === 'object' && raw !== null && !Array.isArray(raw)
  const lines = isMap ? Object.entries(raw).map(([name, value]) => `${name}: ${value}`) : raw
  const parsed = headerLines(lines, folder)
  if ('wrong' in parsed) return parsed
  return { value: Object.fromEntries(parsed.value.map((line) => splitHeader(line))) }
}

// Names are tokens of RFC 9110 §5.6.2; a value is printable.
const headerLines = list(text(/^[\w!#$%&'*+.^`|~-]+:[^\p{Cc}]*\S[^\p{Cc}]*$/u, "must look like 'Name: value'"))

function splitHeader(line: string): [name: string, value: string] {
  const colon = line.indexOf(':')
  return [line.slice(0, colon), line.slice(colon + 1).trim()]
}
