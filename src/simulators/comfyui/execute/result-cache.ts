import type { CacheKeys } from './cache-key.ts'
import type { DynamicPrompt } from './dynamic-prompt.ts'

/**
 * Results by key, with a cache of its own for the nodes of every expansion (comfy_execution/caching.py, HierarchicalCache in
 * its classic mode: what this prompt has no key for is dropped when the prompt starts).
 */
export class ResultCache<T> {
  private readonly results = new Map<string, T>()
  private readonly below = new Map<string, ResultCache<T>>()
  private keys = new Map<string, string>()

  /** Takes the keys of these nodes and drops all that they do not use. */
  setPrompt(keys: CacheKeys, ids: Iterable<string>): void {
    this.keys = new Map(Array.from(ids, (id) => [id, keys.keyOf(id)]))
    const used = new Set(this.keys.values())
    for (const key of this.results.keys()) if (!used.has(key)) this.results.delete(key)
    for (const id of this.below.keys()) if (!this.keys.has(id)) this.below.delete(id)
  }

  get(prompt: DynamicPrompt, id: string): T | undefined {
    const cache = this.cacheOf(prompt, id)
    const key = cache?.keys.get(id)
    return key === undefined ? undefined : cache?.results.get(key)
  }

  set(prompt: DynamicPrompt, id: string, result: T): void {
    const cache = this.cacheOf(prompt, id)
    const key = cache?.keys.get(id)
    if (cache && key !== undefined) cache.results.set(key, result)
  }

  /** Makes room for the nodes that `id` expands to. */
  expand(prompt: DynamicPrompt, id: string, keys: CacheKeys, children: Iterable<string>): void {
    const cache = this.cacheOf(prompt, id)
    if (!cache) return
    let child = cache.below.get(id)
    if (!child) {
      child = new ResultCache<T>()
      cache.below.set(id, child)
    }
    child.setPrompt(keys, children)
  }

  /** Every node that has a key, expanded ones included. */
  nodeIds(): string[] {
    return [...this.keys.keys(), ...Array.from(this.below.values(), (child) => child.nodeIds()).flat()]
  }

  private cacheOf(prompt: DynamicPrompt, id: string): ResultCache<T> | undefined {
    const parent = prompt.parentOf(id)
    if (parent === null) return this
    return this.cacheOf(prompt, parent)?.below.get(parent)
  }
}
