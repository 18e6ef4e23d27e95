import { PythonError } from '../python/py.ts'
import { type DynamicPrompt, linkOf } from './dynamic-prompt.ts'
import type { NodeRunner } from './node-runner.ts'

/** Which node runs next: ComfyUI's ExecutionList (comfy_execution/graph.py). */
export class Schedule {
  /** Node → what it blocks. Its key order is the order in which nodes became pending. */
  private readonly pending = new Map<string, Set<string>>()
  private readonly blockers = new Map<string, number>()
  /** `node input` of the lazy inputs that were asked for. */
  private readonly asked = new Set<string>()
  private external = 0
  private readonly prompt: DynamicPrompt
  private readonly runner: NodeRunner
  private readonly isCached: (id: string) => boolean

  constructor(prompt: DynamicPrompt, runner: NodeRunner, isCached: (id: string) => boolean) {
    this.prompt = prompt
    this.runner = runner
    this.isCached = isCached
  }

  get isEmpty(): boolean {
    return this.pending.size === 0
  }

  get waitsForAsync(): boolean {
    return this.external > 0
  }

  /** Makes a node and its uncached, not lazy ancestors pending: depth first, the last link of a node first. */
  add(id: string): void {
    const stack = [id]
    const links: [from: string, to: string][] = []
    for (let next = stack.pop(); next !== undefined; next = stack.pop()) {
      if (this.pending.has(next)) continue
      const node = this.prompt.node(next)
      this.pending.set(next, new Set())
      this.blockers.set(next, 0)
      const lazy = this.runner.traits(node.classType)?.lazyInputs
      for (const [name, value] of node.inputs) {
        const link = linkOf(value)
        if (!link || lazy?.has(name) || this.isCached(link.node)) continue
        stack.push(link.node)
        links.push([link.node, next])
      }
    }
    for (const [from, to] of links) this.block(from, to)
  }

  /** `to` waits for `from`, which becomes pending unless its result is there already. */
  block(from: string, to: string): void {
    if (this.isCached(from)) return
    this.add(from)
    const blocked = this.pending.get(from)!
    if (blocked.has(to)) return
    blocked.add(to)
    this.count(to, 1)
  }

  /** A lazy input turns out to be needed. */
  requireInput(id: string, input: string): void {
    const inputs = this.prompt.node(id).inputs
    if (!inputs.has(input)) {
      const message = `Node ${id} says it needs input ${input}, but there is no input to that node at all`
      throw new PythonError('comfy_execution.graph.NodeInputError', message)
    }
    const link = linkOf(inputs.get(input))
    if (!link) {
      const message = `Node ${id} says it needs input ${input}, but that value is a constant`
      throw new PythonError('comfy_execution.graph.NodeInputError', message)
    }
    this.asked.add(`${id} ${input}`)
    this.block(link.node, id)
  }

  /** Nodes that a node waits for or has waited for: lazy inputs only count when they were asked for. */
  sourcesOf(id: string): ReadonlySet<string> {
    const { classType, inputs } = this.prompt.node(id)
    const lazy = this.runner.traits(classType)?.lazyInputs
    const sources = [...inputs].flatMap(([name, value]) => {
      const link = linkOf(value)
      return link && (!lazy?.has(name) || this.asked.has(`${id} ${name}`)) ? [link.node] : []
    })
    return new Set(sources)
  }

  /** Holds a node back until the returned function is called. */
  hold(id: string): () => void {
    this.external += 1
    this.count(id, 1)
    return () => {
      this.external -= 1
      this.count(id, -1)
    }
  }

  /** The next node, or null when all pending nodes are blocked. Outputs and coroutines first, then what leads to outputs. */
  pick(): string | null {
    const ready = [...this.pending.keys()].filter((id) => this.blockers.get(id) === 0)
    const blocked = (id: string) => [...(this.pending.get(id) ?? [])]
    return (
      ready.find((id) => this.isOutput(id) || this.isAsync(id)) ??
      ready.find((id) => blocked(id).some((next) => this.isOutput(next))) ??
      ready.find((id) => blocked(id).some((next) => blocked(next).some((last) => this.isOutput(last)))) ??
      ready[0] ??
      null
    )
  }

  complete(id: string): void {
    for (const blocked of this.pending.get(id) ?? []) this.count(blocked, -1)
    this.pending.delete(id)
  }

  /** When nothing can run any more: the node of the cycle that the server blames. */
  blamedForCycle(): string {
    const waits = new Map([...this.pending.keys()].map((id) => [id, new Set<string>()]))
    for (const [from, blocked] of this.pending) for (const to of blocked) waits.get(to)?.add(from)
    for (let free = freeOf(waits); free.length > 0; free = freeOf(waits)) {
      for (const id of free) waits.delete(id)
      for (const sources of waits.values()) for (const id of free) sources.delete(id)
    }
    const cycle = [...waits.keys()]
    const dynamic = cycle.find((id) => this.prompt.displayId(id) !== id)
    return dynamic === undefined ? cycle[0]! : this.prompt.displayId(dynamic)
  }

  private count(id: string, by: number): void {
    this.blockers.set(id, (this.blockers.get(id) ?? 0) + by)
  }

  private isOutput(id: string): boolean {
    return this.runner.traits(this.prompt.node(id).classType)?.isOutput ?? false
  }

  private isAsync(id: string): boolean {
    return this.runner.traits(this.prompt.node(id).classType)?.isAsync ?? false
  }
}

const freeOf = (waits: ReadonlyMap<string, ReadonlySet<string>>) =>
  [...waits].flatMap(([id, sources]) => (sources.size === 0 ? [id] : []))
