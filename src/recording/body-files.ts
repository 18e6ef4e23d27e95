import { closeSync, constants, fstatSync, lstatSync, openSync, readFileSync, realpathSync } from 'node:fs'
import { dirname, isAbsolute, join, relative, sep } from 'node:path'
import { PromptRunnerError } from '../errors.ts'
import { linesIn } from './json-lines.ts'

/** A body that lies beside a HAR, or in the same archive. */
export interface BodyFile {
  bytes(): Uint8Array
  /** A piece of it is in memory at a time, where it lies in a file. */
  lines(): Iterable<string>
}

/** Finds a body by the name that a HAR gives it. Throws an Error whose message says what is wrong with it, after the HAR's name. */
export type BodyFiles = (name: string) => BodyFile

/** The files beside a HAR: nothing outside its folder is read, no link is followed, and nothing is opened that may wait. */
export function filesBeside(har: string): BodyFiles {
  const folder = dirname(har)
  const home = realpathSync(folder)
  return (name) => {
    const path = join(folder, name)
    if (isOutside(name)) throw new Error(`names a body outside its own folder: ${JSON.stringify(name)}`)
    const found = lstatSync(path, { throwIfNoEntry: false })
    if (found === undefined) throw new Error(`names a body that is not there: ${name}`)
    if (!found.isFile()) throw new Error(`names a body that is no plain file, but ${kindOf(found)}: ${name}`)
    const real = relative(home, realpathSync(path))
    if (isOutside(real)) throw new Error(`names a body outside its own folder: ${JSON.stringify(name)}, behind a link`)
    return { bytes: () => readOrSay(name, () => readPlain(path)), lines: () => linesIn(path) }
  }
}

/** The files of an archive. */
export function filesInArchive(files: ReadonlyMap<string, () => Buffer>): BodyFiles {
  return (name) => {
    const read = files.get(name)
    if (read === undefined) throw new Error(`names a body that is not there: ${name}`)
    const bytes = () => readOrSay(name, read)
    return { bytes, lines: () => bytes().toString('utf8').split('\n').filter(Boolean) }
  }
}

/** What was there when the HAR was read may have changed, and a packed body is unpacked only now. */
function readOrSay(name: string, read: () => Buffer): Buffer {
  try {
    return read()
  } catch (cause) {
    const { message } = cause as Error
    throw new PromptRunnerError('PR_RECORDING', `the body ${name} of a recording cannot be read: ${message}`, { cause })
  }
}

function isOutside(name: string): boolean {
  return isAbsolute(name) || name.includes('\0') || relative('.', join('.', name)).split(sep)[0] === '..'
}

function kindOf(found: ReturnType<typeof lstatSync>): string {
  if (found?.isSymbolicLink()) return 'a link'
  return found?.isDirectory() ? 'a folder' : 'a pipe, a socket or a device'
}

function readPlain(path: string): Buffer {
  const file = openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK)
  try {
    if (!fstatSync(file).isFile()) throw new Error(`${path} is no plain file any more`)
    return readFileSync(file)
  } finally {
    closeSync(file)
  }
}
