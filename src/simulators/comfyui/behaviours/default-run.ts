import { fromBytes } from '../../media/byte-source.ts'
import { flatImages } from '../../media/image-sequence.ts'
import { type FileType, savedName } from '../files/folder-paths.ts'
import type { OwnNode } from './own-node.ts'
import type { NodeInputs, NodeOutput, NodeReturn, SavedFile } from './running-node.ts'
import { writeFile } from './saved-files.ts'
import { temporary } from './savers.ts'

/**
 * What a class without a behaviour gives, by its declared outputs: an input of the same type goes through, anything else is
 * made up. The files of an output node are those that the recording saw it write.
 */
export function defaultRun(inputs: NodeInputs, node: OwnNode): NodeReturn {
  const { outputs } = node.traits
  const ui = uiOf(inputs, node)
  return {
    ...(outputs.length > 0 && { result: outputs.map((type) => defaultValue(type, inputs)) }),
    ...(Object.keys(ui).length > 0 && { ui }),
  }
}

function defaultValue(type: string, inputs: NodeInputs): NodeOutput {
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
  const images = (inputs.first('images') ?? inputs.first('latent') ?? inputs.first('video'))?.images
  return [inputs.number('width', images?.width ?? 512), inputs.number('height', images?.height ?? 512)]
}

function uiOf(inputs: NodeInputs, node: OwnNode): Record<string, readonly [SavedFile | boolean]> {
  const ui: Record<string, readonly [SavedFile | boolean]> = {}
  for (const { key, extension, type } of node.knowledge?.files ?? []) {
    const where: FileType = type === 'temp' ? 'temp' : 'output'
    const prefix = inputs.text('filename_prefix', `ComfyUI${where === 'temp' ? temporary(node) : ''}`)
    const path = node.files.savePath(prefix, where)
    const empty = fromBytes(new Uint8Array())
    ui[key] = [writeFile(node, path, savedName(path, extension), where, empty, { kind: 'other' })]
  }
  const animated = node.knowledge?.animated
  if (typeof animated === 'boolean') ui['animated'] = [animated]
  return ui
}
