import { pyKey } from '../python/operators.ts'
import type { Py, PyDict } from '../python/py.ts'
import { type DynamicPrompt, isRawHidden, linkOf } from './dynamic-prompt.ts'
import type { NodeRunner } from './node-runner.ts'
import { EmbeddedValue } from './value.ts'

/** A node's own share of a key: inputs in the order of their names, links apart from constants. */
interface OwnKey {
  readonly head: string
  readonly inputs: ReadonlyArray<string | { readonly name: string; readonly node: string; readonly slot: number }>
}

/**
 * Cache keys of a prompt's nodes: class, is_changed and inputs of the node and of each of its ancestors, which count by their
 * place in the ancestry and not by their id (comfy_execution/caching.py, CacheKeySetInputSignature).
 */
export class CacheKeys {
  private readonly keys = new Map<string, string>()
  private readonly own = new Map<string, OwnKey>()
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
    let key = this.keys.get(id)
    if (key === undefined) {
      const places = new Map<string, number>()
      this.collect(id, places)
      key = [id, ...places.keys()].map((each) => this.signature(each, places)).join('|')
      this.keys.set(id, key)
    }
    return key
  }

  private collect(id: string, places: Map<string, number>): void {
    for (const input of this.ownKey(id).inputs) {
      if (typeof input === 'string' || places.has(input.node)) continue
      places.set(input.node, places.size)
      this.collect(input.node, places)
    }
  }

  private signature(id: string, places: ReadonlyMap<string, number>): string {
    const { head, inputs } = this.ownKey(id)
    const parts = inputs.map((input) =>
      typeof input === 'string' ? input : `${input.name}<${places.get(input.node)},${input.slot}`,
    )
    return [head, ...parts].join(';')
  }

  private ownKey(id: string): OwnKey {
    let own = this.own.get(id)
    if (!own) {
      own = this.prompt.has(id) ? this.readNode(id) : { head: this.unequal(), inputs: [] }
      this.own.set(id, own)
    }
    return own
  }

  private readNode(id: string): OwnKey {
    const { classType, inputs } = this.prompt.node(id)
    const changed = this.constantKey(this.changed(id))
    const sorted = [...inputs].sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))
    return {
      head: `${JSON.stringify(classType)};${changed}${this.isSingular(classType) ? `;${JSON.stringify(id)}` : ''}`,
      inputs: sorted.map(([name, value]) => {
        const link = linkOf(value)
        const text = JSON.stringify(name)
        return link ? { name: text, ...link } : `${text}=${this.constantKey(value)}`
      }),
    }
  }

  private isSingular(classType: string): boolean {
    const hidden = this.runner.traits(classType)?.hidden.values()
    return hidden?.some((kind) => kind === 'UNIQUE_ID') ?? false
  }

  /** The result stays in the node, where saved PNG metadata shows it; one that the client sent is taken for it. */
  private changed(id: string): Py {
    const { classType, raw, inputs } = this.prompt.node(id)
    const sent = raw.get('is_changed')
    const constants = new Map(Array.from(inputs, ([name, value]): [string, Py] => [name, linkOf(value) ? null : value]))
    const fingerprint = this.runner.fingerprint(classType, constants)
    if (fingerprint === undefined) return false
    if (sent !== undefined) return sent
    this.refuseHiddenLinks(classType, inputs)
    raw.set('is_changed', fingerprint)
    return fingerprint
  }

  /** The inputs are gathered for the hook outside of what guards it: an exception there ends the worker. */
  private refuseHiddenLinks(classType: string, inputs: PyDict): void {
    const traits = this.runner.traits(classType)
    const known = traits?.inputsOf(inputs).inputs
    for (const [name, value] of inputs) {
      if (linkOf(value) && !known?.has(name)) isRawHidden(traits?.hidden.get(name))
    }
  }

  private constantKey(value: Py): string {
    return isUnequal(value) ? this.unequal() : pyKey(value)
  }
}

/** NaN, and objects that no other equals. */
function isUnequal(value: Py): boolean {
  if (value instanceof EmbeddedValue) return true
  if (Array.isArray(value)) return value.some(isUnequal)
  if (value instanceof Map) return value.values().some(isUnequal)
  return Number.isNaN(value)
}
