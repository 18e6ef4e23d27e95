import type { flatImages } from '../../media/image-batch.ts'
import { data } from '../execute/value.ts'
import { PythonError } from '../python/py.ts'
import type { ComputeBehaviour, ComputeBehaviours } from './compute-behaviour.ts'

/** VIDEO values (comfy_extras/nodes_video.py). */
export const videoBehaviours: ComputeBehaviours = new Map<string, ComputeBehaviour>([
  [
    'CreateVideo',
    {
      compute: (inputs) => {
        const { images } = inputs.get('images', 'images')
        return { outputs: [{ kind: 'video', images, fps: inputs.number('fps', 30) }] }
      },
    },
  ],
  [
    'GetVideoComponents',
    {
      compute: (inputs) => {
        const broken = inputs.find('video', 'opaque')
        if (broken) {
          const message = `[Errno 1094995529] Invalid data found when processing input: '${broken.type}'`
          throw new PythonError('av.error.InvalidDataError', message)
        }
        const { images, fps } = inputs.get('video', 'video')
        // A film without a sound track gives None, and CreateVideo takes that.
        return { outputs: [{ kind: 'images', images }, data(null), data(fps)] }
      },
    },
  ],
  [
    'LoadVideo',
    {
      fingerprint: (constants, { files }) => {
        const file = files.find(String(constants.get('file')))
        if (!file)
          throw new PythonError('FileNotFoundError', `[Errno 2] No such file or directory: '${constants.get('file')}'`)
        return [file.modified / 1000]
      },
      compute: (inputs, { files }) => {
        const name = inputs.text('file')
        const file = files.find(name)
        if (file?.content.kind === 'video') return { outputs: [{ kind: 'video', ...videoOf(file.content) }] }
        // The node only keeps the path; whoever decodes it fails (GetVideoComponents).
        return { outputs: [{ kind: 'opaque', type: file?.path ?? name, colour: 0 }] }
      },
    },
  ],
])

function videoOf({ images, fps }: { images: ReturnType<typeof flatImages>; fps: number }) {
  return { images, fps }
}
