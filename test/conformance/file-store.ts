import { createFileStore, type FileStore } from '../../src/simulators/comfyui/files/file-store.ts'
import type { FileType } from '../../src/simulators/comfyui/files/folder-paths.ts'
import { fromBytes } from '../../src/simulators/media/byte-source.ts'
import type { CorpusFiles } from './suite.ts'

/** A server with the corpus's files; all of them are empty. */
export function corpusFileStore({ base, files, dirs }: CorpusFiles): FileStore {
  const store = createFileStore({ clock: { now: () => 0, sleep: async () => {} }, root: base })
  for (const folder of dirs) store.makeDirectory(`${base}/${folder}`)
  for (const { path } of files) {
    const [type = '', ...parts] = path.split('/')
    const filename = parts.pop() ?? ''
    store.write({
      type: type as FileType,
      subfolder: parts.join('/'),
      filename,
      bytes: fromBytes(new Uint8Array()),
      content: { kind: 'other' },
    })
  }
  return store
}
