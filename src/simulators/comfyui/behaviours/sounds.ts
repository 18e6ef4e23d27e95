import { fromBytes } from '../../media/byte-source.ts'
import { savedName } from '../files/folder-paths.ts'
import { pyStr } from '../python/format.ts'
import type { Py } from '../python/py.ts'
import type { OwnBehaviour, OwnNode } from './own-node.ts'
import type { NodeInputs, NodeReturn } from './running-node.ts'
import { writeFile } from './saved-files.ts'
import { temporary } from './savers.ts'

const saver = (classType: string, extension: string | null): OwnBehaviour => ({
  classType,
  run: (inputs, node) => saveAudio(inputs, node, extension ?? inputs.text('format', 'flac')),
})

/** Sounds are files that nobody here can play; texts are what they are (comfy_extras/nodes_audio.py, nodes_text.py, nodes_load_3d.py). */
export const soundBehaviours: readonly OwnBehaviour[] = [
  saver('SaveAudio', 'flac'),
  saver('SaveAudioMP3', 'mp3'),
  saver('SaveAudioOpus', 'opus'),
  saver('SaveAudioAdvanced', null),
  {
    classType: 'PreviewAudio',
    run: (_, node) => ({ ui: { audio: [written(node, `ComfyUI${temporary(node)}`, 'temp', 'flac')] } }),
  },
  {
    classType: 'SaveText',
    run: (inputs, node) => {
      const text = inputs.text('text')
      const path = node.files.savePath(inputs.text('filename_prefix'), 'output')
      const name = savedName(path, inputs.text('format', 'txt'), 0, { isPlain: true })
      const file = writeFile(node, path, name, 'output', fromBytes(Buffer.from(text)), { kind: 'other' })
      return { ui: { text: [text], files: [file] } }
    },
  },
  { classType: 'Preview3D', kwargs: true, run: preview3d },
]

function saveAudio(inputs: NodeInputs, node: OwnNode, extension: string): NodeReturn {
  return { ui: { audio: [written(node, inputs.text('filename_prefix'), 'output', extension)] } }
}

function written(node: OwnNode, prefix: string, type: 'output' | 'temp', extension: string) {
  const path = node.files.savePath(prefix, type)
  const name = savedName(path, extension, 0, { isPlain: node.rules.plainNames })
  return writeFile(node, path, name, type, fromBytes(new Uint8Array()), { kind: 'other' })
}

/** The path, the camera, and the picture behind it where the class has one. */
function preview3d(inputs: NodeInputs, { traits }: OwnNode): NodeReturn {
  const model = inputs.value('model_file')
  const path = model?.kind === 'data' ? pyStr(model.data) : null
  const shown: Py[] = [path, inputs.data('camera_info') ?? null]
  return { ui: { result: traits.inputs.has('bg_image') ? [...shown, null] : shown } }
}
