import type { Clock } from '../simulator.ts'
import type { ContentDigest } from './content-hash.ts'
import { conditionNotMet, invalid, noSuchBucket, noSuchObject, notModified } from './gcs-failure.ts'
import { type DeclaredObject, type GcsObject, patchedFields } from './object-resource.ts'

/** Buckets and their objects, in memory, without versioning. */
export class GcsModel {
  readonly #clock: Clock
  readonly #allowed: ReadonlySet<string> | null
  readonly #buckets = new Map<string, Map<string, GcsObject>>()
  #lastGeneration = 0

  /** `buckets`: the buckets that exist. Without the list every bucket does, empty at first. */
  constructor(clock: Clock, buckets?: readonly string[]) {
    this.#clock = clock
    this.#allowed = buckets === undefined ? null : new Set(buckets)
  }

  bucket(name: string): Map<string, GcsObject> {
    if (this.#allowed !== null && !this.#allowed.has(name)) throw noSuchBucket()
    const objects = this.#buckets.get(name) ?? new Map<string, GcsObject>()
    this.#buckets.set(name, objects)
    return objects
  }

  get(bucket: string, name: string, generation?: string | null): GcsObject {
    const object = this.bucket(bucket).get(name)
    if (object === undefined || (generation && generation !== object.generation)) throw noSuchObject(bucket, name)
    return object
  }

  /** Stores what was received, after the checks that the service makes when an upload completes. */
  put(bucket: string, name: string, declared: DeclaredObject, content: ContentDigest, when: Preconditions): GcsObject {
    const objects = this.bucket(bucket)
    checkPreconditions(when, objects.get(name))
    checkDeclared(declared, content)
    const now = this.#clock.now()
    const object: GcsObject = {
      ...content,
      bucket,
      name,
      generation: this.#nextGeneration(now),
      metageneration: 1,
      created: now,
      updated: now,
      fields: declared.fields,
    }
    objects.set(name, object)
    return object
  }

  patch(object: GcsObject, text: string): GcsObject {
    const fields = patchedFields(object.fields, text)
    const patched = { ...object, fields, metageneration: object.metageneration + 1, updated: this.#clock.now() }
    this.bucket(object.bucket).set(object.name, patched)
    return patched
  }

  delete(object: GcsObject): void {
    this.bucket(object.bucket).delete(object.name)
  }

  /** The service's are microseconds since 1970; two in the same instant still differ. */
  #nextGeneration(now: number): string {
    this.#lastGeneration = Math.max(now * 1000, this.#lastGeneration + 1)
    return String(this.#lastGeneration)
  }
}

function checkDeclared(declared: DeclaredObject, content: ContentDigest): void {
  for (const [field, label] of [
    ['crc32c', 'CRC32C'],
    ['md5Hash', 'MD5 hash'],
  ] as const) {
    const said = declared[field]
    if (said !== undefined && said !== content[field]) {
      throw invalid(`Provided ${label} "${said}" doesn't match calculated ${label} "${content[field]}".`)
    }
  }
}

const NAMES = [
  'ifGenerationMatch',
  'ifGenerationNotMatch',
  'ifMetagenerationMatch',
  'ifMetagenerationNotMatch',
] as const

export type Preconditions = Partial<Record<(typeof NAMES)[number], string>>

/** The conditions that a request sets, as text. */
export function preconditionsOf(query: URLSearchParams): Preconditions {
  return Object.fromEntries(NAMES.filter((name) => query.has(name)).map((name) => [name, query.get(name)]))
}

/**
 * Throws 412 for a `…Match` that does not hold and 304 for a `…NotMatch`. Generation 0 stands for "there is no such object";
 * no other condition holds for an object that is not there. https://cloud.google.com/storage/docs/request-preconditions
 */
export function checkPreconditions(conditions: Preconditions, object: GcsObject | undefined): void {
  const generation = object?.generation ?? '0'
  const metageneration = object && String(object.metageneration)
  const differs = (not: string | undefined, value: string | undefined) =>
    not === undefined || (object !== undefined && not !== value)
  if (!differs(conditions.ifGenerationNotMatch, generation)) throw notModified()
  if (!differs(conditions.ifMetagenerationNotMatch, metageneration)) throw notModified()
  const matches =
    (conditions.ifGenerationMatch ?? generation) === generation &&
    (conditions.ifMetagenerationMatch ?? metageneration) === metageneration
  if (!matches) throw conditionNotMet()
}
