import fs from 'node:fs'
import { type Callable, createPatches } from '../safety/guards.ts'
import { can, type FaultPlan } from './fault-plan.ts'
import type { Anchor } from './grammar/anchors.ts'
import type { World } from './world.ts'

type File = Extract<Anchor, { kind: 'write' }>['file']

/** What a run's own files are called on disk, see `config/layout`; the first group is the chunk. */
const FILES: ReadonlyArray<readonly [File, RegExp]> = [
  ['video', /\/videos\/[^/]*_chunk_0*(\d+)\.mp4(?:\.part)?$/],
  ['latent', /\/latents\/[^/]*_chunk_0*(\d+)_[a-z]+\.latent(?:\.part)?$/],
  ['reference', /\/references\/[^/]*_chunk_0*(\d+)_reference\.png$/],
  ['combined', /\/combined\/[^/]*\.mp4(?:\.part)?$/],
  ['film', /\/final\/[^/]*\.mp4(?:\.part)?$/],
  ['journal', /\/state\/[^/]*\.jsonl$/],
  ['manifest', /\/state\/manifest_[^/]*\.json$/],
  ['cleanup', /\/state\/cleanup_[^/]*\.json$/],
]

/**
 * Puts the faults that happen when the run writes a file under this process's own file functions, until it is disposed. A disk
 * that is full fails as the system's does: the file is there, and has less in it than was written.
 */
export function faultyDisk({ plan, world }: { plan: FaultPlan; world: World }): Disposable {
  const patches = createPatches()
  const { writeFile } = fs.promises
  const opened = new Map<number, string>()
  /** The error that writing to a file meets now, if any. */
  const failure = (path: unknown, syscall: string): Error | null => {
    const anchor = anchorOf(String(path))
    const due = anchor ? plan.due([anchor], can.write) : []
    for (const { do: action } of due) void world.act(action, 'comfyui')?.catch(() => {})
    return due.some(({ do: { kind } }) => kind === 'diskFull') ? noSpace(syscall) : null
  }
  const replace = (target: object, name: string, make: (real: Callable) => Callable) =>
    patches.replace(target, name, make)

  replace(fs, 'open', (real) => (path, ...rest) => {
    const done = rest.pop()
    real(path, ...rest, (error: Error | null, file: number) => {
      if (!error && anchorOf(String(path))) opened.set(file, String(path))
      done(error, file)
    })
  })
  replace(fs, 'openSync', (real) => (path, ...rest) => {
    const file = real(path, ...rest)
    if (anchorOf(String(path))) opened.set(file, String(path))
    return file
  })
  for (const name of ['close', 'closeSync']) {
    replace(fs, name, (real) => (file, ...rest) => {
      opened.delete(file)
      return real(file, ...rest)
    })
  }
  for (const name of ['write', 'writev']) {
    replace(fs, name, (real) => (file, ...rest) => {
      const error = opened.has(file) ? failure(opened.get(file), 'write') : null
      if (!error) return real(file, ...rest)
      process.nextTick(rest.at(-1), error)
    })
  }
  replace(fs, 'writeSync', (real) => (file, ...rest) => {
    const error = opened.has(file) ? failure(opened.get(file), 'write') : null
    if (error) throw error
    return real(file, ...rest)
  })
  replace(fs, 'writeFileSync', (real) => (path, data, ...rest) => {
    const error = failure(path, 'write')
    if (!error) return real(path, data, ...rest)
    real(path, '', ...rest)
    throw error
  })
  replace(fs.promises, 'writeFile', (real) => async (path, data, ...rest) => {
    const error = failure(path, 'write')
    await real(path, error ? '' : data, ...rest)
    if (error) throw error
  })
  replace(fs.promises, 'copyFile', (real) => async (from, to, ...rest) => {
    const error = failure(to, 'copyfile')
    await (error ? writeFile(to, '') : real(from, to, ...rest))
    if (error) throw error
  })
  patches.publish()
  return patches
}

function anchorOf(path: string): Anchor | null {
  for (const [file, name] of FILES) {
    const found = name.exec(path)
    if (found) return { kind: 'write', file, chunk: found[1] === undefined ? null : Number(found[1]) }
  }
  return null
}

function noSpace(syscall: string): Error {
  const message = `ENOSPC: no space left on device, ${syscall}`
  return Object.assign(new Error(message), { code: 'ENOSPC', errno: -28, syscall })
}
