import type { Clock } from '../simulator.ts'
import type { ContentDigest } from './content-hash.ts'
import { bucketExists, bucketNotEmpty, invalid, noSuchBucket, noSuchObject } from './gcs-failure.ts'
import type { DeclaredObject, GcsObject, ObjectFields } from './object-resource.ts'
import { checkPreconditions, type Preconditions } from './preconditions.ts'

/** A bucket: what is in it, and what was said of it. */
export interface GcsBucket {
  readonly name: string
  readonly objects: Map<string, GcsObject>
  /** Earlier versions, the oldest first; kept only while the bucket's `versioning` is enabled. */
  earlier: GcsObject[]
  metageneration: number
  /** Epoch milliseconds; null: since before this service began. */
  readonly created: number | null
  fields: BucketFields
}

/** What a caller may say of a bucket. */
export interface BucketFields {
  readonly location?: string | undefined
  readonly storageClass?: string | undefined
  readonly labels?: Readonly<Record<string, string>> | undefined
  readonly versioning?: { readonly enabled: boolean } | undefined
}

/** Buckets and their objects, in memory. */
export class GcsModel {
  readonly #clock: Clock
  readonly #allowed: ReadonlySet<string> | null
  readonly #buckets = new Map<string, GcsBucket>()
  readonly #deleted = new Set<string>()
  #lastGeneration = 0

  /** `buckets`: the buckets that exist. Without the list every bucket does, empty at first. */
  constructor(clock: Clock, buckets?: readonly string[]) {
    this.#clock = clock
    this.#allowed = buckets === undefined ? null : new Set(buckets)
  }

  /** Those that are known by name. */
  get buckets(): readonly GcsBucket[] {
    return [...new Set([...(this.#allowed ?? []), ...this.#buckets.keys()])]
      .filter((name) => !this.#deleted.has(name))
      .map((name) => this.bucket(name))
  }

  bucket(name: string): GcsBucket {
    const known = this.#buckets.get(name)
    if (known !== undefined) return known
    if (this.#deleted.has(name) || this.#allowed?.has(name) === false) throw noSuchBucket()
    return this.#add(name, null, {})
  }

  createBucket(name: string, fields: BucketFields): GcsBucket {
    if (this.#buckets.has(name) || (this.#allowed?.has(name) && !this.#deleted.has(name))) throw bucketExists()
    this.#deleted.delete(name)
    return this.#add(name, this.#clock.now(), fields)
  }

  deleteBucket(bucket: GcsBucket): void {
    if (bucket.objects.size + bucket.earlier.length > 0) throw bucketNotEmpty()
    this.#buckets.delete(bucket.name)
    this.#deleted.add(bucket.name)
  }

  #add(name: string, created: number | null, fields: BucketFields): GcsBucket {
    const bucket = { name, objects: new Map(), earlier: [], metageneration: 1, created, fields }
    this.#buckets.set(name, bucket)
    return bucket
  }

  get(bucket: string, name: string, generation?: string | null): GcsObject {
    const { objects, earlier } = this.bucket(bucket)
    const live = objects.get(name)
    const found =
      !generation || live?.generation === generation
        ? live
        : earlier.find((object) => object.name === name && object.generation === generation)
    if (found === undefined) throw noSuchObject(bucket, name)
    return found
  }

  /** Stores what was received, after the checks that the service makes when an upload completes. */
  put(
    bucket: string,
    name: string,
    declared: Omit<DeclaredObject, 'name'>,
    content: ContentDigest & { readonly components?: number },
    when: Preconditions,
  ): GcsObject {
    const { objects } = this.bucket(bucket)
    checkPreconditions(when, objects.get(name))
    checkDeclared(declared, content)
    const now = this.#clock.now()
    this.#retire(objects.get(name))
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

  /** Says something else of an object. */
  describe(object: GcsObject, fields: ObjectFields): GcsObject {
    const bucket = this.bucket(object.bucket)
    const described = { ...object, fields, metageneration: object.metageneration + 1, updated: this.#clock.now() }
    if (object.deleted === undefined) bucket.objects.set(object.name, described)
    else bucket.earlier = bucket.earlier.map((other) => (other === object ? described : other))
    return described
  }

  /** `forGood`: its generation was named, so that no earlier version is left of it. */
  delete(object: GcsObject, forGood = false): void {
    const bucket = this.bucket(object.bucket)
    if (!forGood) this.#retire(object)
    if (object.deleted === undefined) bucket.objects.delete(object.name)
    else bucket.earlier = bucket.earlier.filter((other) => other !== object)
  }

  #retire(object: GcsObject | undefined): void {
    if (object === undefined) return
    const bucket = this.bucket(object.bucket)
    if (bucket.fields.versioning?.enabled) bucket.earlier.push({ ...object, deleted: this.#clock.now() })
  }

  /** The service's are microseconds since 1970; two in the same instant still differ. */
  #nextGeneration(now: number): string {
    this.#lastGeneration = Math.max(now * 1000, this.#lastGeneration + 1)
    return String(this.#lastGeneration)
  }
}

function checkDeclared(declared: Omit<DeclaredObject, 'name'>, content: ContentDigest): void {
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
