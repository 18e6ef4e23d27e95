import { pyKey } from '../python/compare.ts'
import type { Py, PyDict } from '../python/py.ts'
import type { DynamicPrompt } from './dynamic-prompt.ts'
import { EmbeddedValue } from './embedded-value.ts'
import { linkOf } from './link.ts'
import type { NodeRunner } from './node-runner.ts'

/**
 * Cache keys of a prompt's nodes: class, is_changed and inputs of the node and of each of its ancestors, which count by their
 * place in the ancestry and not by their id (comfy_execution/caching.py, CacheKeySetInputSignature).
 */
export class CacheKeys {
  private readonly changed = new Map<string, Py>()
  private readonly prompt: DynamicPrompt
  private readonly runner: NodeRunner
  private readonly unequal: () => string

  /** `unequal` gives a text that no other key has: Python's NaN differs from itself. */
  constructor(prompt: DynamicPrompt, runner: NodeRunner, unequal: () => string) {
    this.prompt = prompt
    this.runner = runner
    this.unequal = unequal
  }

  keyOf(id: string): string {
    const places = new Map<string, number>()
    this.collect(id, places)
    return [id, ...places.keys()].map((each) => this.signature(each, places)).join('|')
  }

  private collect(id: string, places: Map<string, number>): void {
    if (!this.prompt.has(id)) return
    for (const [, value] of sortedInputs(this.prompt.node(id).inputs)) {
      const link = linkOf(value)
      if (!link || places.has(link.node)) continue
      places.set(link.node, places.size)
      this.collect(link.node, places)
    }
  }

  private signature(id: string, places: ReadonlyMap<string, number>): string {
    if (!this.prompt.has(id)) return this.unequal()
    const node = this.prompt.node(id)
    const parts = [node.classType, this.changedKey(id)]
    if (this.isSingular(node.classType)) parts.push(id)
    for (const [name, value] of sortedInputs(node.inputs)) {
      const link = linkOf(value)
      parts.push(link ? `${name}<${places.get(link.node)},${link.slot}` : `${name}=${this.constantKey(value)}`)
    }
    return parts.join(';')
  }

  private isSingular(classType: string): boolean {
    const hidden = this.runner.traits(classType)?.hidden.values()
    return hidden?.some((kind) => kind === 'UNIQUE_ID') ?? false
  }

  private changedKey(id: string): string {
    let changed = this.changed.get(id)
    if (changed === undefined) {
      changed = this.evaluate(id)
      this.changed.set(id, changed)
    }
    return this.constantKey(changed)
  }

  /** The result stays in the node, where saved PNG metadata shows it; one that the client sent is taken for it. */
  private evaluate(id: string): Py {
    const { classType, raw, inputs } = this.prompt.node(id)
    const sent = raw.get('is_changed')
    const constants = new Map(Array.from(inputs, ([name, value]): [string, Py] => [name, linkOf(value) ? null : value]))
    const fingerprint = this.runner.fingerprint(classType, constants)
    if (fingerprint === undefined) return false
    if (sent !== undefined) return sent
    raw.set('is_changed', fingerprint)
    return fingerprint
  }

  private constantKey(value: Py): string {
    return isUnequal(value) ? this.unequal() : pyKey(value)
  }
}

function sortedInputs(inputs: PyDict): [string, Py][] {
  return [...inputs].sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))
}

/** NaN, and objects that no other equals. */
function isUnequal(value: Py): boolean {
  if (value instanceof EmbeddedValue) return true
  if (Array.isArray(value)) return value.some(isUnequal)
  if (value instanceof Map) return value.values().some(isUnequal)
  return Number.isNaN(value)
}
