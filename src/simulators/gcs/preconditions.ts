import { conditionNotMet, invalid, invalidParameter, notModified } from './gcs-failure.ts'

const NAMES = ['GenerationMatch', 'GenerationNotMatch', 'MetagenerationMatch', 'MetagenerationNotMatch'] as const

/** What a request wants to be true of an object or a bucket; numbers as text. */
export type Preconditions = Partial<Record<(typeof NAMES)[number], string>>

/** What of a resource can be asked for. */
interface Versions {
  readonly generation: string
  readonly metageneration: number
}

/** The conditions that a request sets. Throws 400 for what is no number, and for two that cannot both be meant. */
export function preconditionsOf(query: URLSearchParams, prefix: 'if' | 'ifSource' = 'if'): Preconditions {
  const conditions = Object.fromEntries(
    NAMES.flatMap((name) => {
      const value = query.get(prefix + name)
      return value === null ? [] : [[name, int64(prefix + name, value)]]
    }),
  ) as Preconditions
  for (const what of ['Generation', 'Metageneration'] as const) {
    if (conditions[`${what}Match`] === undefined || conditions[`${what}NotMatch`] === undefined) continue
    throw invalid(`Only one of ${prefix}${what}Match and ${prefix}${what}NotMatch can be given.`)
  }
  return conditions
}

/** A number of 64 bits in a query, as text without leading zeros. Throws 400. */
export function int64(name: string, value: string): string {
  const isNumber = /^-?\d{1,19}$/.test(value) && BigInt.asIntN(64, BigInt(value)) === BigInt(value)
  if (!isNumber) throw invalidParameter(name, `Invalid long value: '${value}'.`)
  return String(BigInt(value))
}

/**
 * Throws 412 for a `…Match` that does not hold and 304 for a `…NotMatch`. 0 stands for "there is no such object"; no `…NotMatch`
 * holds for an object that is not there. https://cloud.google.com/storage/docs/request-preconditions
 */
export function checkPreconditions(conditions: Preconditions, found: Versions | undefined): void {
  const generation = found?.generation ?? '0'
  const metageneration = String(found?.metageneration ?? 0)
  const differs = (not: string | undefined, value: string) =>
    not === undefined || (found !== undefined && not !== value)
  if (!differs(conditions.GenerationNotMatch, generation)) throw notModified()
  if (!differs(conditions.MetagenerationNotMatch, metageneration)) throw notModified()
  const matches =
    (conditions.GenerationMatch ?? generation) === generation &&
    (conditions.MetagenerationMatch ?? metageneration) === metageneration
  if (!matches) throw conditionNotMet()
}

/** The same by the headers `If-Match` and `If-None-Match`, which are for reading: with anything else they are a 400. */
export function checkEtag(request: Request, etag: string): void {
  const { match, noneMatch } = etagsOf(request)
  if (noneMatch.includes(etag) || noneMatch.includes('*')) throw notModified()
  if (match.length > 0 && !match.includes(etag) && !match.includes('*')) throw conditionNotMet()
}

/** Throws 400 where a request that changes something sets a condition by ETag. */
export function refuseEtags(request: Request): void {
  const { match, noneMatch } = etagsOf(request)
  if (match.length + noneMatch.length > 0) {
    throw invalid(
      'If-Match and If-None-Match are for requests that read; use ifGenerationMatch or ifMetagenerationMatch.',
    )
  }
}

function etagsOf({ headers }: Request): { match: string[]; noneMatch: string[] } {
  const listed = (name: string) =>
    (headers.get(name) ?? '')
      .split(',')
      .map((etag) => etag.trim().replace(/^(?:W\/)?"(.*)"$/, '$1'))
      .filter((etag) => etag !== '')
  return { match: listed('if-match'), noneMatch: listed('if-none-match') }
}
