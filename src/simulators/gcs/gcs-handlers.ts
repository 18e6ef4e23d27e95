import type { Context } from 'hono'
import type { Clock } from '../simulator.ts'
import type { gcsCalls, gcsUploads } from './gcs-calls.ts'
import type { GcsBucket, GcsModel } from './gcs-model.ts'
import type { GcsObject } from './object-resource.ts'

/** What answers the calls of those names. */
export type GcsHandlers<Name extends keyof typeof gcsCalls | keyof typeof gcsUploads> = Readonly<
  Record<Name, (c: Context) => Response | Promise<Response>>
>

/** What the calls work on. */
export interface GcsParts {
  readonly model: GcsModel
  readonly clock: Clock
  readonly keepBytes: boolean
  /** The resource of an object as the caller sees it. */
  readonly resource: (object: GcsObject, request: Request) => Record<string, unknown>
  /** The resource of a bucket as the caller sees it. */
  readonly bucketResource: (bucket: GcsBucket, request: Request) => Record<string, unknown>
}
