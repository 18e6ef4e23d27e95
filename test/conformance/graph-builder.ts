import type { Expansion, ExpansionLink } from '../../src/simulators/comfyui/execute/node-runner.ts'
import { EmbeddedValue, type Value } from '../../src/simulators/comfyui/execute/value.ts'
import type { Py, PyDict } from '../../src/simulators/comfyui/python/py.ts'

/** A link into the graph, a value that the node got, or a constant. */
export type Input = ExpansionLink | Value | undefined

/** comfy_execution.graph_utils.GraphBuilder: ids are `<node>.<call>.<graph>.<name or number>`. */
export class GraphBuilder {
  private readonly nodes: PyDict = new Map()
  private readonly prefix: string
  private made = 0

  constructor(nodeId: string, call: number) {
    this.prefix = `${nodeId}.${call}.0.`
  }

  /** Adds a node and returns its id. Absent inputs are left out. */
  node(classType: string, inputs: Readonly<Record<string, Input>> = {}, name?: string): string {
    if (name === undefined) this.made += 1
    const id = this.prefix + (name ?? this.made)
    const node: PyDict = new Map<string, Py>([
      ['class_type', classType],
      ['inputs', new Map()],
    ])
    this.nodes.set(id, node)
    for (const [input, value] of Object.entries(inputs)) this.set(id, input, value)
    return id
  }

  showAs(id: string, display: string): void {
    ;(this.nodes.get(id) as PyDict).set('override_display_id', display)
  }

  set(id: string, input: string, value: Input): void {
    const inputs = (this.nodes.get(id) as PyDict).get('inputs') as PyDict
    if (value === undefined || (value.kind === 'data' && value.data === null)) inputs.delete(input)
    else inputs.set(input, written(value))
  }

  /** An input as it stands in another node. */
  copy(id: string, input: string, value: Py): void {
    ;((this.nodes.get(id) as PyDict).get('inputs') as PyDict).set(input, value)
  }

  expansion(outputs: readonly (ExpansionLink | Value)[]): Expansion {
    return { graph: this.nodes, outputs }
  }
}

export const out = (node: string, slot: number): ExpansionLink => ({ kind: 'link', node, slot })

function written(value: ExpansionLink | Value): Py {
  if (value.kind === 'link') return [value.node, BigInt(value.slot)]
  return value.kind === 'data' ? value.data : new EmbeddedValue(value)
}
