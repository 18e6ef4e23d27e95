import type { Py } from '../python/py.ts'
import type { Value } from './value.ts'

/**
 * A tensor or other object among the constants of an expanded node: its graph is made in the server, not sent as JSON.
 * No such object equals another, so the node is never served from the cache.
 */
export class EmbeddedValue extends Map<string, Py> {
  readonly value: Value

  constructor(value: Value) {
    super()
    this.value = value
  }
}
