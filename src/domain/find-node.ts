import { PromptRunnerError } from '../errors.ts'
import type { NodeRef, Place } from './bindings.ts'
import type { Graph, GraphNode } from './graph.ts'
import { didYouMean } from './wording.ts'

export type Found = { readonly id: string; readonly fault: null } | { readonly id: null; readonly fault: Fault }

/** Why a binding does not fit its template: a sentence, and the candidates. */
export interface Fault {
  readonly message: string
  readonly hint: string
}

/** The one node that a reference means. */
export function findNode(graph: Graph, ref: NodeRef): Found {
  const key = ref.id !== undefined ? 'id' : ref.title !== undefined ? 'title' : 'class'
  const wanted = ref[key] ?? ''
  const found = Object.keys(graph).filter((id) => identity(graph, id)[key] === wanted)
  if (found.length === 1) return { id: found[0]!, fault: null }
  const looked = `a node with the ${key} "${wanted}"`
  if (found.length > 1) {
    const hint = `Name one of them by its id: ${found.map((id) => describeNode(graph, id)).join(', ')}.`
    return { id: null, fault: { message: `looks for ${looked}, but there are ${found.length}.`, hint } }
  }
  const known = [...new Set(Object.keys(graph).map((id) => identity(graph, id)[key]))]
  const words = { id: 'ids', title: 'titles', class: 'classes' }[key]
  const hint = `The ${words} there: ${known.map((name) => `"${name}"`).join(', ')}.${key === 'id' ? '' : didYouMean(wanted, known)}`
  return { id: null, fault: { message: `looks for ${looked}, but there is none.`, hint } }
}

/** The node of a place, which must also have the input. */
export function findPlace(graph: Graph, place: Place): Found {
  const found = findNode(graph, place)
  if (found.fault) return found
  const inputs = Object.keys(graph[found.id]!.inputs)
  if (inputs.includes(place.input)) return found
  const message = `looks for the input "${place.input}", which ${describeNode(graph, found.id)} does not have.`
  const hint = `Its inputs: ${inputs.map((name) => `"${name}"`).join(', ') || 'none'}.${didYouMean(place.input, inputs)}`
  return { id: null, fault: { message, hint } }
}

/** The id of what was found; throws PR_BINDING for bindings that were never checked against their template. */
export function idOf(found: Found): string {
  if (found.fault === null) return found.id
  throw new PromptRunnerError('PR_BINDING', `A binding ${found.fault.message}`, { hint: found.fault.hint })
}

/** The title that a node has in ComfyUI's editor, or else its class. */
export function titleOf(node: GraphNode): string {
  return node._meta?.title ?? node.class_type
}

/** The id with title and class, for messages. */
function describeNode(graph: Graph, id: string): string {
  const node = graph[id]!
  const names = [...new Set([titleOf(node), node.class_type])]
  return `"${id}" (${names.join(', ')})`
}

function identity(graph: Graph, id: string): { id: string; title: string; class: string } {
  const node = graph[id]!
  return { id, title: titleOf(node), class: node.class_type }
}
