import { flatImages, frameCount } from '../../media/image-sequence.ts'
import type { Value } from '../execute/value.ts'
import { isDict, type Py, type PyDict } from '../python/py.ts'
import { membersFor } from './members-for.ts'
import type { OwnNode } from './own-node.ts'
import type { NodeInputs, NodeOutput, NodeReturn } from './running-node.ts'

/**
 * What a class without a behaviour gives, by its declared outputs: an input of the same type goes through, anything else is
 * made up. What it shows are the members that the recording saw.
 */
export function defaultRun(inputs: NodeInputs, node: OwnNode): NodeReturn {
  const { outputs, outputTemplates, isOutput } = node.traits
  const ui = membersFor(inputs, node)
  const isSaver = isOutput && Object.keys(ui).length > 0
  const result = outputs.map((type, slot) => {
    const template = outputTemplates[slot] ?? null
    if (template !== null) return matching(template, inputs, node, slot)
    const recorded = node.recorded.value(slot, type)
    if (recorded !== undefined) return recorded
    if (!isSaver && MADE_UP.has(type) && inputs.data('value') === undefined) node.madeUp()
    return isSaver ? (sameType(type, inputs) ?? defaultValue(type, inputs)) : defaultValue(type, inputs)
  })
  return { ...(outputs.length > 0 && { result }), ...(Object.keys(ui).length > 0 && { ui }) }
}

/** Types of which a made up value looks like one that was computed. */
const MADE_UP = new Set(['INT', 'FLOAT', 'STRING', 'BOOLEAN', 'COMBO'])

/** What a node that saves gives: what it was given to save. */
export function passedOn(inputs: NodeInputs, { traits }: OwnNode): NodeOutput[] {
  return traits.outputs.map((type) => sameType(type, inputs) ?? defaultValue(type, inputs))
}

/** The first input that holds a value of an output's type. */
function sameType(type: string, inputs: NodeInputs): Value | null {
  const values = inputs.names().flatMap((name) => inputs.value(name) ?? [])
  return values.find((value) => value.kind === KINDS[type] || (value.kind === 'opaque' && value.type === type)) ?? null
}

const KINDS: Readonly<Record<string, Value['kind']>> = {
  IMAGE: 'images',
  MASK: 'mask',
  LATENT: 'latent',
  VIDEO: 'video',
}

/** An output whose type follows from inputs gives the first of them; as a list, all of them. */
function matching(
  template: string,
  inputs: NodeInputs,
  { traits, sent }: OwnNode,
  slot: number,
): NodeOutput | NodeOutput[] {
  const { inputs: declared } = traits.inputsOf(sent)
  const names = inputs.names().filter((name) => templateOf(declared.get(name)) === template)
  if (traits.outputIsList[slot]) return names.flatMap((name) => [...inputs.list(name)])
  return (names[0] === undefined ? undefined : inputs.value(names[0])) ?? null
}

function templateOf(options: PyDict | undefined): Py | undefined {
  const template = options?.get('template')
  return isDict(template) ? template.get('template_id') : undefined
}

function defaultValue(type: string, inputs: NodeInputs): NodeOutput {
  switch (type) {
    case 'IMAGE':
      return (
        inputs.first('images') ?? {
          kind: 'images',
          images: flatImages(...sizeOf(inputs), inputs.first('mask')?.count ?? 1, inputs.colour()),
        }
      )
    case 'MASK': {
      const [width, height] = sizeOf(inputs)
      const pictures = inputs.first('images')
      const count = pictures ? frameCount(pictures.images) : 1
      return inputs.first('mask') ?? { kind: 'mask', width, height, count, level: 1 }
    }
    case 'LATENT': {
      const [width, height] = sizeOf(inputs)
      const images = flatImages(width, height, 1, inputs.colour())
      return inputs.first('latent') ?? { kind: 'latent', shape: [1, 16, 1, height >> 3, width >> 3], images }
    }
    case 'VIDEO':
      return (
        inputs.first('video') ?? { kind: 'video', images: flatImages(...sizeOf(inputs), 1, inputs.colour()), fps: 16 }
      )
    case 'INT':
      return BigInt(Math.trunc(inputs.number('value', 0)))
    case 'FLOAT':
      return inputs.number('value', 0)
    case 'BOOLEAN':
      return inputs.data('value') === true
    case 'STRING':
      return inputs.text('value', inputs.text('text'))
    default:
      return { kind: 'opaque', type, colour: inputs.colour() }
  }
}

function sizeOf(inputs: NodeInputs): [width: number, height: number] {
  const images =
    (inputs.first('images') ?? inputs.first('latent') ?? inputs.first('video'))?.images ?? inputs.first('mask')
  return [inputs.number('width', images?.width ?? 512), inputs.number('height', images?.height ?? 512)]
}
