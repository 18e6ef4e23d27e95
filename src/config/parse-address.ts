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

/** One address, or several: a list, or text with spaces between them. */
export const httpUrls: Parser<readonly URL[], string | readonly string[]> = (raw, folder) => {
  const given = Array.isArray(raw) ? raw : typeof raw === 'string' ? raw.trim().split(/\s+/) : [raw]
  const urls: URL[] = []
  for (const one of given) {
    const parsed = httpUrl(one, folder)
    if ('wrong' in parsed) return parsed
    urls.push(parsed.value)
  }
  return urls.length > 0 ? { value: urls } : { wrong: 'must name a server' }
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

/** Where a run lies that is shared in a bucket. */
export interface RunAddress extends BucketAddress {
  readonly runName: string
}

/** Reads `gs://bucket/prefix/runs/NAME`; null for the plain name of a run. */
export function runAddress(resume: string | null): RunAddress | null {
  const [, folder = '', runName = ''] = /^(gs:\/\/.+)\/runs\/([\w-]+)\/?$/.exec(resume ?? '') ?? []
  const parsed = bucketAddress(folder, '')
  return 'value' in parsed ? { ...parsed.value, runName } : null
}

/** The name of an earlier run, or its address in a bucket. */
export const earlierRun: Parser<string> = (raw, folder) => {
  if (!String(raw).startsWith('gs:'))
    return text(/^(?:(?!\.)[\w.-]+)?$/, 'must be the name of an earlier run')(raw, folder)
  return runAddress(String(raw)) ? { value: String(raw) } : { wrong: 'must look like gs://bucket/prefix/runs/NAME' }
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

/**
 * What keeps a name from being that of a bucket ("must …"), or null.
 * Rules of https://cloud.google.com/storage/docs/buckets#naming; a name with dots is a domain's, so its dots are those of DNS.
 */
export function bucketNameFault(name: string): string | null {
  if (!/^[a-z0-9._-]+$/.test(name)) {
    return 'must name a bucket of lower-case letters, digits, dots, dashes and underscores'
  }
  if (!/^[a-z0-9](.*[a-z0-9])?$/.test(name)) return 'must name a bucket that starts and ends with a letter or digit'
  if (/\.[.-]|-\./.test(name)) return 'must name a bucket without a dot beside another dot or a dash'
  if (/^\d+(\.\d+){3}$/.test(name)) return 'must name a bucket, which cannot look like an IP address'
  if (name.startsWith('goog')) return 'must name a bucket, which cannot begin with "goog"'
  if (/g[o0]{2}g[l1]e/.test(name)) return 'must name a bucket, which cannot contain "google" or look as if it did'
  const components = name.split('.')
  if (name.length < 3 || components.some(({ length }) => length > LONGEST_COMPONENT)) {
    return `must name a bucket of 3 to ${LONGEST_COMPONENT} characters, between dots at most ${LONGEST_COMPONENT}`
  }
  return name.length > LONGEST ? `must name a bucket of at most ${LONGEST} characters` : null
}

const LONGEST_COMPONENT = 63
const LONGEST = 222
