/** A workflow in ComfyUI's API format: node id → node. Ids are opaque strings (`"12"`, `"309:298"`). */
export type Graph = Record<string, GraphNode>

export interface GraphNode {
  class_type: string
  inputs: Record<string, InputValue>
  _meta?: { title?: string }
}

/** A constant, or a link `[node id, output slot]`. */
export type InputValue = string | number | boolean | null | Link | InputValue[] | { [key: string]: InputValue }

export type Link = [nodeId: string, slot: number]

/** ComfyUI's own rule for a link (comfy_execution/graph_utils.is_link): exactly `[string, number]`. */
export function isLink(value: unknown): value is Link {
  return Array.isArray(value) && value.length === 2 && typeof value[0] === 'string' && typeof value[1] === 'number'
}
