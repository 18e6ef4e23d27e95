import type { Bindings, NodeRef, Place, Places, Removal, Templates, VariantBindings } from './bindings.ts'
import { neededOutput, type Role, roleNames, roles, type Variant } from './bindings.ts'
import { type Fault, type Found, findNode, findPlace } from './find-node.ts'
import type { Graph } from './graph.ts'

/** A fault of the bindings and where in `bindings.yaml` it stands. */
export interface BindingFault extends Fault {
  readonly path: readonly (string | number)[]
}

/** Everything in the bindings that does not fit the templates, in one pass. */
export function checkBindings(templates: Templates): BindingFault[] {
  const { render, combine } = templates.bindings
  const faults = [
    ...checkTemplate(templates.render, 'render', render.inputs, { high: render.high, low: render.low }),
    ...checkTemplate(templates.combine, 'combine', combine.inputs, { first: combine.first, later: combine.later }),
    ...checkRemovals(templates.render, ['render', 'without_reference_image'], render.without_reference_image),
    ...checkRemovals(templates.render, ['render', 'without_control_video'], render.without_control_video),
    ...checkControl(templates.bindings),
  ]
  return faults.map((fault) => ({ ...fault, message: `${fault.path.join('.')} ${fault.message}` }))
}

type Path = readonly (string | number)[]

function checkTemplate(
  graph: Graph,
  template: 'render' | 'combine',
  shared: Places,
  variants: Partial<Record<Variant, VariantBindings>>,
): BindingFault[] {
  const faults = checkPlaces(graph, [template, 'inputs'], shared)
  for (const [name, variant] of Object.entries(variants)) {
    const path = [template, name]
    faults.push(
      ...checkPlaces(graph, [...path, 'inputs'], variant.inputs),
      ...variant.set.flatMap((setting, index) => [
        ...fault([...path, 'set', index], findPlace(graph, setting)),
        ...(setting.from ? fault([...path, 'set', index, 'from'], findNode(graph, setting.from)) : []),
      ]),
      ...checkRemovals(graph, [...path, 'remove'], variant.remove),
      ...Object.entries(variant.outputs).flatMap(([role, ref]) =>
        ref ? checkOutput(graph, [...path, 'outputs', role], ref, variant) : [],
      ),
      ...checkNeeds(graph, path, name as Variant, { ...variant, inputs: { ...shared, ...variant.inputs } }),
    )
  }
  return faults
}

/** An output must lie in the server's output folder: what is temporary is gone with its next start, and no file of the plan. */
function checkOutput(graph: Graph, path: Path, ref: NodeRef, { set }: VariantBindings): BindingFault[] {
  const found = findNode(graph, ref)
  if (found.fault) return fault(path, found)
  const { class_type: name, inputs } = graph[found.id]!
  const change = set.findLast((setting) => setting.input === 'save_output' && findNode(graph, setting).id === found.id)
  const saves = change ? change.value : inputs['save_output']
  if (saves === false) {
    const message = `names a node (${found.id}, ${name}) that only saves a temporary file: its save_output is false.`
    return [{ path, message, hint: 'Set its save_output to true in the template.' }]
  }
  if (!temporary.includes(name)) return []
  const message = `names a node (${found.id}, ${name}) that only saves temporary files.`
  return [{ path, message, hint: 'Name a node that saves to the output folder.' }]
}

/** Classes of ComfyUI whose files lie in its temp folder. */
const temporary: readonly string[] = ['PreviewImage', 'MaskPreview', 'PreviewAudio']

/** What a variant cannot do without must be bound, to nodes that it keeps. */
function checkNeeds(graph: Graph, path: Path, name: Variant, variant: VariantBindings): BindingFault[] {
  const gone = new Set(variant.remove.map((removal) => findNode(graph, removal).id))
  const lost = (ref: NodeRef) => gone.has(findNode(graph, ref).id ?? '')
  const needed = roleNames.filter((role) => (roles[role].needed as readonly Variant[]).includes(name))
  const faults = needed.flatMap((role) => unmetNeed(path, role, variant.inputs[role] ?? [], lost))
  const output = neededOutput[name]
  const ref = variant.outputs[output]
  if (ref === undefined) {
    const message = `lacks the output "${output}".`
    faults.push({ path, message, hint: `Name the node that saves it: outputs: { ${output}: { title: … } }.` })
  } else if (lost(ref)) {
    const message = 'names a node that this part removes.'
    faults.push({ path: [...path, 'outputs', output], message, hint: `Take it from ${path.join('.')}.remove.` })
  }
  return faults
}

function unmetNeed(path: Path, role: Role, places: readonly Place[], lost: (ref: NodeRef) => boolean): BindingFault[] {
  if (places.length === 0) {
    const hint = `Name the node and its input: ${role}: { title: …, input: … }.`
    return [{ path, message: `lacks the input "${role}".`, hint }]
  }
  if (!places.every(lost)) return []
  const message = `removes every node that the input "${role}" is bound to.`
  return [
    { path, message, hint: `Bind "${role}" to a node that stays, or take its node from ${path.join('.')}.remove.` },
  ]
}

/** A control video that no start frame goes with would steer every chunk like the first. */
function checkControl({ render }: Bindings): BindingFault[] {
  if (!render.inputs.control_video || render.inputs.control_start) return []
  const hint = 'Name the input that says at which frame the control video starts.'
  return [{ path: ['render', 'inputs'], message: 'has "control_video" but lacks "control_start".', hint }]
}

function checkPlaces(graph: Graph, path: Path, places: Places): BindingFault[] {
  return Object.entries(places).flatMap(([role, list = []]) =>
    list.flatMap((place) => fault([...path, role], findPlace(graph, place))),
  )
}

function checkRemovals(graph: Graph, path: Path, removals: readonly Removal[]): BindingFault[] {
  return removals.flatMap((removal, index) => {
    const { bypass } = removal
    const found = bypass === undefined ? findNode(graph, removal) : findPlace(graph, { ...removal, input: bypass })
    return fault([...path, index], found)
  })
}

function fault(path: Path, found: Found): BindingFault[] {
  return found.fault ? [{ path, ...found.fault }] : []
}
