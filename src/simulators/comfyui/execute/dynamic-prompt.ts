import { isDict, type PyDict, PythonError } from '../python/py.ts'

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
