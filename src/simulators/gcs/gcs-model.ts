import type { Clock } from '../simulator.ts'
import type { ContentDigest } from './content-hash.ts'
import { invalid, noSuchBucket, noSuchObject } from './gcs-failure.ts'
import type { DeclaredObject, ObjectFields } from './object-fields.ts'
import { patchedFields } from './object-fields.ts'
import { checkPreconditions, type Preconditions } from './preconditions.ts'

/** One live object. Times in epoch milliseconds. */
export interface GcsObject extends ContentDigest {
  readonly bucket: string
  readonly name: string
  readonly generation: string
  readonly metageneration: number
  readonly created: number
  readonly updated: number
  readonly fields: ObjectFields
}

/** Buckets and their objects, in memory, without versioning. */
export class GcsModel {
  readonly #clock: Clock
  readonly #allowed: ReadonlySet<string> | null
  readonly #buckets = new Map<string, Map<string, GcsObject>>()
  #lastGeneration = 0

  /** `strictBuckets`: the buckets that exist. Without the list every bucket does, empty at first. */
  constructor(clock: Clock, strictBuckets?: readonly string[]) {
    this.#clock = clock
    this.#allowed = strictBuckets === undefined ? null : new Set(strictBuckets)
  }

  bucket(name: string): Map<string, GcsObject> {
    if (this.#allowed !== null && !this.#allowed.has(name)) throw noSuchBucket()
    const objects = this.#buckets.get(name) ?? new Map<string, GcsObject>()
    this.#buckets.set(name, objects)
    return objects
  }

  /** Every object, in the order in which they were written. */
  objects(): GcsObject[] {
    return [...this.#buckets.values()]
      .flatMap((objects) => [...objects.values()])
      .toSorted((a, b) => Number(a.generation) - Number(b.generation))
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
