import type { Places, Removal, Setting, VariantBindings } from './bindings.ts'
import { type Role, roleNames, roles } from './bindings.ts'
import { findNode, findPlace, idOf, titleOf } from './find-node.ts'
import { type Graph, type InputValue, isLink } from './graph.ts'

/** A graph ready to be sent, and what was done to the template. */
export interface BuiltWorkflow {
  readonly graph: Graph
  /** Every change made to the template, in words. */
  readonly modifications: readonly string[]
  readonly templateNodes: number
  /** Output role (`latent`, `video`, `film`) → id of the node in whose history entry the file appears. */
  readonly outputs: Readonly<Record<string, string>>
}

/**
 * Makes the graph of one job from a template: writes the values of the roles, then the variant's own settings, then takes
 * nodes out. A role without a place, and a place in a node that goes, are passed over. The template is left as it is.
 */
export function applyBindings(
  template: Graph,
  variant: VariantBindings,
  values: Readonly<Partial<Record<Role, InputValue>>>,
): BuiltWorkflow {
  const graph = structuredClone(template)
  const removals = new Map(variant.remove.map((removal) => [idOf(findNode(template, removal)), removal]))
  const stays = (id: string) => !removals.has(id)
  const modifications = [
    ...writeRoles(graph, variant.inputs, values, stays),
    ...variant.set.map((setting) => writeSetting(graph, setting, stays)).filter((words) => words !== null),
  ]
  for (const [id, removal] of removals) {
    modifications.push(`Removed: ${titleOf(graph[id]!)}`)
    removeNode(graph, id, removal)
  }
  const outputs = Object.entries(variant.outputs).flatMap(([role, ref]) =>
    ref ? [[role, idOf(findNode(template, ref))]] : [],
  )
  return { graph, modifications, templateNodes: Object.keys(template).length, outputs: Object.fromEntries(outputs) }
}

function writeRoles(
  graph: Graph,
  inputs: Places,
  values: Readonly<Partial<Record<Role, InputValue>>>,
  stays: (id: string) => boolean,
): string[] {
  const changes: string[] = []
  for (const role of roleNames) {
    const value = values[role]
    if (value === undefined) continue
    const places = (inputs[role] ?? []).map((place) => ({ id: idOf(findPlace(graph, place)), input: place.input }))
    const kept = places.filter(({ id }) => stays(id))
    for (const { id, input } of kept) graph[id]!.inputs[input] = value
    if (kept.length > 0) changes.push(`${roles[role].words}: ${shorten(String(value))}`)
  }
  return changes
}

function writeSetting(graph: Graph, setting: Setting, stays: (id: string) => boolean): string | null {
  const id = idOf(findPlace(graph, setting))
  if (!stays(id)) return null
  const node = graph[id]!
  const name = `${titleOf(node)}, ${setting.input}`
  if (setting.from === undefined) {
    node.inputs[setting.input] = setting.value ?? null
    return `${name}: ${shorten(String(setting.value))}`
  }
  const source = idOf(findNode(graph, setting.from))
  node.inputs[setting.input] = [source, setting.from.slot]
  return `${name}: from ${titleOf(graph[source]!)}`
}

/** Takes a node out; links to it get what it got at its `bypass` input, or go with it. */
function removeNode(graph: Graph, id: string, { bypass }: Removal): void {
  const replacement = bypass === undefined ? undefined : graph[id]!.inputs[bypass]
  delete graph[id]
  for (const { inputs } of Object.values(graph)) {
    for (const [name, value] of Object.entries(inputs)) {
      if (!isLink(value) || value[0] !== id) continue
      if (replacement === undefined) delete inputs[name]
      else inputs[name] = replacement
    }
  }
}

/** Prompts are long and stand in the graph in full; here the beginning tells which one it is. */
function shorten(text: string): string {
  const line = text.replaceAll(/\s+/g, ' ')
  if (line === '') return '(empty)'
  return line.length <= 100 ? line : `${line.slice(0, 99)}…`
}
