import { conditionNotMet } from './gcs-failure.ts'
import type { GcsObject } from './gcs-model.ts'

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
 * Throws 412 unless all hold. Generation 0 stands for "there is no such object"; a condition on the metageneration of an
 * object that is not there does not hold. https://cloud.google.com/storage/docs/request-preconditions
 */
export function checkPreconditions(conditions: Preconditions, object: GcsObject | undefined): void {
  const generation = object?.generation ?? '0'
  const metageneration = object === undefined ? undefined : String(object.metageneration)
  const holds =
    (conditions.ifGenerationMatch ?? generation) === generation &&
    conditions.ifGenerationNotMatch !== generation &&
    (conditions.ifMetagenerationMatch ?? metageneration) === metageneration &&
    (conditions.ifMetagenerationNotMatch === undefined || conditions.ifMetagenerationNotMatch !== metageneration)
  if (!holds) throw conditionNotMet()
}
