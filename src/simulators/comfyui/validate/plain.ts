import { dumpJson } from '../python/dump.ts'
import type { Py } from '../python/py.ts'

/** A Python value that JSON.stringify can write without loss: what it could not becomes the text that Python would write. */
export function plain(value: Py): string | number | boolean | null {
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return value
  if (typeof value === 'number' && Number.isFinite(value)) return value
  if (typeof value === 'bigint' && survivesJson(value)) return Number(value)
  return dumpJson(value)
}

/** Whether a program that keeps numbers as doubles, as JavaScript does, writes an integer back as it read it. */
export function survivesJson(value: bigint): boolean {
  return JSON.stringify(Number(value)) === String(value)
}
