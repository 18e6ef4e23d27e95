import { pyBool } from '../python/convert.ts'
import { isDict, type Py, type PyDict, PythonError } from '../python/py.ts'

export interface PromptNode {
  readonly id: string
  readonly classType: string
  readonly inputs: PyDict
  /** The node as submitted; IS_CHANGED leaves its result in it. */
  readonly raw: PyDict
}

/** A submitted graph and the nodes that expansions add to it (comfy_execution/graph.py, DynamicPrompt). */
export class DynamicPrompt {
  readonly original: PyDict
  private readonly ephemeral = new Map<string, { node: PyDict; parent: string; display: string }>()
  private readonly known = new Map<string, PromptNode | null>()

  constructor(original: PyDict) {
    this.original = original
  }

  has(id: string): boolean {
    return this.original.has(id) || this.ephemeral.has(id)
  }

  /** Throws the server's NodeNotFoundError. */
  node(id: string): PromptNode {
    let node = this.known.get(id)
    if (node === undefined) {
      node = this.read(id)
      this.known.set(id, node)
    }
    if (!node) throw new PythonError('comfy_execution.graph.NodeNotFoundError', `Node ${id} not found`)
    return node
  }

  add(id: string, node: PyDict, parent: string, display: string): void {
    this.ephemeral.set(id, { node, parent, display })
    this.known.delete(id)
  }

  parentOf(id: string): string | null {
    return this.ephemeral.get(id)?.parent ?? null
  }

  /** The submitted node that an expanded one belongs to. */
  realId(id: string): string {
    const parent = this.parentOf(id)
    return parent === null ? id : this.realId(parent)
  }

  displayId(id: string): string {
    const display = this.ephemeral.get(id)?.display
    return display === undefined ? id : this.displayId(display)
  }

  private read(id: string): PromptNode | null {
    const raw = this.ephemeral.get(id)?.node ?? this.original.get(id)
    if (!isDict(raw)) return null
    const inputs = raw.get('inputs')
    if (!isDict(inputs)) throw new PythonError('KeyError', "'inputs'")
    return { id, classType: String(raw.get('class_type')), inputs, raw }
  }
}

export interface Link {
  readonly node: string
  readonly slot: number
  /** A slot that no list can be indexed with, `1.0` included. */
  readonly isFloat: boolean
}

/** comfy_execution.graph_utils.is_link: a list of exactly a string and a number; `true` and `1.0` are numbers in Python. */
export function linkOf(value: Py | undefined): Link | null {
  if (!Array.isArray(value) || value.length !== 2) return null
  const [node, slot] = value
  if (typeof node !== 'string') return null
  if (typeof slot !== 'bigint' && typeof slot !== 'number' && typeof slot !== 'boolean') return null
  return { node, slot: Number(slot), isFloat: typeof slot === 'number' }
}

/**
 * Whether a link to a hidden input is handed over as it is. V1 classes mostly declare these by a bare string, whose second
 * character the server then takes for the options.
 */
export function isRawHidden(declared: Py | undefined): boolean {
  if (typeof declared === 'string' && declared.length > 1) {
    throw new PythonError('AttributeError', "'str' object has no attribute 'get'")
  }
  return Array.isArray(declared) && isDict(declared[1]) && pyBool(declared[1].get('rawLink') ?? false)
}
