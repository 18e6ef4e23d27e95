import { readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { createRequire, enableCompileCache, getCompileCacheDir } from 'node:module'
import { basename, dirname, join } from 'node:path'
import { Script } from 'node:vm'
import { crc32 } from 'node:zlib'

export interface RunningScript {
  readonly exports: unknown
  /** Keeps what V8 has compiled by now for the next run of the same `use`, if nothing was kept before. */
  keep(): void
}

/**
 * Runs a CommonJS module in its wrapper function (ASCII) with the code that V8 compiled for it in an earlier run.
 * Node's own compile cache keeps a module as it is right after loading, when V8 has hardly compiled anything: it
 * compiles a function at its first call. Here the code is taken at the end. `use` names what the script is used for:
 * each use calls other functions, so it has a cache of its own. A new one starts from that of another.
 *
 * The cache lies where Node's lies and goes by the same switches (NODE_COMPILE_CACHE, NODE_DISABLE_COMPILE_CACHE). V8
 * refuses code of other versions and flags. The name of the file has to change with its content.
 */
export function runScript(file: string, use: string): RunningScript {
  enableCompileCache()
  const directory = getCompileCacheDir()
  const path = directory === undefined ? null : join(directory, `${basename(file)}-${use.slice(0, 150)}`)
  const own = path === null ? undefined : readCode(path)
  const cachedData = own ?? (directory === undefined ? undefined : codeOfAnotherUse(directory, basename(file)))
  const script = new Script(readFileSync(file, 'latin1'), { filename: file, ...(cachedData && { cachedData }) })
  const module = { exports: {} }
  script.runInThisContext()(module.exports, createRequire(file), module, file, dirname(file))
  return {
    exports: module.exports,
    keep() {
      if (path !== null && (!own || script.cachedDataRejected)) writeCode(path, script.createCachedData())
    },
  }
}

/** Reads a cache only if it is whole and nobody else can have written it: V8 trusts what it is given. */
function readCode(path: string): Buffer | undefined {
  try {
    const { uid, mode } = statSync(path)
    if (process.getuid && (uid !== process.getuid() || (mode & 0o022) !== 0)) return undefined
    const stored = readFileSync(path)
    const code = stored.subarray(4)
    return stored.readUInt32LE(0) === crc32(code) ? code : undefined
  } catch {
    return undefined
  }
}

/** The largest cache of another use: half of the functions of a program run in every use of it. */
function codeOfAnotherUse(directory: string, name: string): Buffer | undefined {
  try {
    const others = readdirSync(directory).filter((other) => other.startsWith(`${name}-`) && !/\.\d+$/.test(other))
    const sizes = others.map((other) => ({ path: join(directory, other), size: statSync(join(directory, other)).size }))
    const [largest] = sizes.toSorted((a, b) => b.size - a.size)
    return largest && readCode(largest.path)
  } catch {
    return undefined
  }
}

/** A cache that cannot be written is no reason to fail. */
function writeCode(path: string, code: Buffer): void {
  const temporary = `${path}.${process.pid}`
  try {
    const sum = Buffer.alloc(4)
    sum.writeUInt32LE(crc32(code))
    writeFileSync(temporary, Buffer.concat([sum, code]), { mode: 0o600 })
    renameSync(temporary, path)
  } catch {
    rmSync(temporary, { force: true })
  }
}
