import { randomUUID } from 'node:crypto'
import { closeSync, existsSync, mkdirSync, openSync, renameSync, unlinkSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'

/** A body up to here is held until it ends: most pictures and films of a rehearsal are, and many are there already. */
const HELD = 256 * 1024

/** A body on its way to a file that is named by its content. A long one goes to disk piece by piece. */
export class BodyFile {
  readonly #folder: string
  #held: Uint8Array[] = []
  #size = 0
  #part: { readonly path: string; readonly file: number } | null = null

  /** `folder` is that of the HAR. */
  constructor(folder: string) {
    this.#folder = folder
  }

  /** Bytes so far. */
  get size(): number {
    return this.#size
  }

  add(bytes: Uint8Array): void {
    this.#size += bytes.length
    this.#held.push(bytes)
    if (this.#size <= HELD) return
    this.#part ??= this.#openPart()
    for (const piece of this.#held.splice(0)) writeFileSync(this.#part.file, piece)
  }

  /** Nothing more comes. What lies under the name already is the same, and stays. */
  finish(name: string): void {
    const path = join(this.#folder, name)
    if (this.#part) {
      closeSync(this.#part.file)
      if (existsSync(path)) unlinkSync(this.#part.path)
      else renameSync(this.#part.path, path)
    } else if (!existsSync(path)) {
      mkdirSync(dirname(path), { recursive: true })
      writeFileSync(path, Buffer.concat(this.#held))
    }
  }

  #openPart() {
    const bodies = join(this.#folder, 'bodies')
    mkdirSync(bodies, { recursive: true })
    const path = join(bodies, `.part-${randomUUID()}`)
    return { path, file: openSync(path, 'wx') }
  }
}
