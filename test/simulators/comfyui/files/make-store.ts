import { createFileStore, type FileStore } from '../../../../src/simulators/comfyui/files/file-store.ts'
import { fromBytes } from '../../../../src/simulators/media/byte-source.ts'
import type { Clock } from '../../../../src/simulators/simulator.ts'

/** 5 March 2026, 07:08:09.250 local time. */
export const NOW = new Date(2026, 2, 5, 7, 8, 9, 250)

const clock: Clock = { now: () => NOW.getTime(), sleep: async () => {} }

/** A store that holds `paths` below /comfy, each file with its own path as text. */
export function makeStore(...paths: string[]): FileStore {
  const store = createFileStore({ clock })
  for (const path of paths) {
    const [, type, subfolder, filename] = /^(output|input|temp)\/(?:(.*)\/)?([^/]*)$/.exec(path)!
    const bytes = fromBytes(Buffer.from(path))
    const where = { type: type as 'output', subfolder: subfolder ?? '', filename: filename! }
    store.write({ ...where, bytes, content: { kind: 'other' } })
  }
  return store
}
