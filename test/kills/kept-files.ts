import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createFileStore, type FileStore } from '../../src/simulators/comfyui/files/file-store.ts'
import { bytesOf, fromBytes } from '../../src/simulators/media/byte-source.ts'
import type { Clock } from '../../src/simulators/simulator.ts'

/** The files of a simulated server on a disk that outlives it: a server that is started again finds them, but for temporary ones. */
export function keptFiles(folder: string, clock: Clock): FileStore {
  const files = createFileStore({ clock })
  mkdirSync(folder, { recursive: true })
  // By the order of writing.
  for (const name of readdirSync(folder)
    .filter((each) => each.endsWith('.json'))
    .toSorted()) {
    const { bytes, ...file } = JSON.parse(readFileSync(join(folder, name), 'utf8'))
    files.write({ ...file, bytes: fromBytes(readFileSync(join(folder, bytes))) })
  }
  let written = readdirSync(folder).length
  return {
    ...files,
    write(file) {
      const stored = files.write(file)
      const { type, subfolder, filename, content } = stored
      if (type === 'temp') return stored
      written += 1
      const bytes = `${String(written).padStart(6, '0')}.bytes`
      writeFileSync(join(folder, bytes), bytesOf(stored.bytes))
      // It counts as there from now on.
      const facts = { type, subfolder, filename, content, bytes }
      writeFileSync(join(folder, bytes.replace('.bytes', '.json')), JSON.stringify(facts))
      return stored
    },
  }
}

/** Loses them. */
export function loseFiles(folder: string): void {
  if (existsSync(folder)) rmSync(folder, { recursive: true })
}
