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
