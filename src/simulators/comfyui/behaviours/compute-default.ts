import { fromBytes } from '../../media/byte-source.ts'
import { flatImages } from '../../media/image-batch.ts'
import type { NodeResult } from '../execute/node-runner.ts'
import { data, type Value } from '../execute/value.ts'
import { type FileType, savedName } from '../files/folder-paths.ts'
import type { Py } from '../python/py.ts'
import type { CallInputs } from './call-inputs.ts'
import type { ComputeFacts } from './compute-behaviour.ts'
import { temporary, write } from './compute-save.ts'

/**
 * What a class without a behaviour gives, by its declared outputs: an input of the same type goes through, anything else is
 * made up. The files of an output node are those that the recording saw it write.
 */
export function computeDefault(inputs: CallInputs, facts: ComputeFacts): NodeResult {
  const { outputs, outputIsList } = facts.traits
  const values = outputs.map((type, slot) => {
    const value = defaultValue(type, inputs)
    return outputIsList[slot] ? [value] : value
  })
  const ui = uiOf(inputs, facts)
  return { ...(outputs.length > 0 && { outputs: values }), ...(ui.size > 0 && { ui }) }
}

function defaultValue(type: string, inputs: CallInputs): Value {
  switch (type) {
    case 'IMAGE':
      return inputs.first('images') ?? { kind: 'images', images: flatImages(...sizeOf(inputs), 1, inputs.colour()) }
    case 'MASK': {
      const [width, height] = sizeOf(inputs)
      return inputs.first('mask') ?? { kind: 'mask', width, height, count: 1, level: 1 }
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
      return data(BigInt(Math.trunc(inputs.number('value', 0))))
    case 'FLOAT':
      return data(inputs.number('value', 0))
    case 'BOOLEAN':
      return data(inputs.data('value') === true)
    case 'STRING':
      return data(inputs.text('value', inputs.text('text')))
    default:
      return { kind: 'opaque', type, colour: inputs.colour() }
  }
}

function sizeOf(inputs: CallInputs): [width: number, height: number] {
  const images = (inputs.first('images') ?? inputs.first('latent') ?? inputs.first('video'))?.images
  return [inputs.number('width', images?.width ?? 512), inputs.number('height', images?.height ?? 512)]
}

function uiOf(inputs: CallInputs, facts: ComputeFacts): ReadonlyMap<string, readonly Py[]> {
  const ui = new Map<string, readonly Py[]>()
  for (const { key, extension, type } of facts.knowledge?.files ?? []) {
    const where: FileType = type === 'temp' ? 'temp' : 'output'
    const prefix = inputs.text('filename_prefix', `ComfyUI${where === 'temp' ? temporary(facts) : ''}`)
    const path = facts.files.savePath(prefix, where)
    const name = savedName(path, extension)
    ui.set(key, [write(facts.files, path, name, where, fromBytes(new Uint8Array()), { kind: 'other' })])
  }
  const animated = facts.knowledge?.animated
  if (typeof animated === 'boolean') ui.set('animated', [animated])
  return ui
}
