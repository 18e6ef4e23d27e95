import { constants, statSync } from 'node:fs'
import { access, lstat, readFile, stat } from 'node:fs/promises'

/**
 * Reads a file that a user named. A pipe, a socket or a device is refused: a read of it may wait without end, where no signal gets
 * through. Throws an Error whose message says why, as the end of a sentence ("it is a folder, not a file").
 */
export async function readInput(path: string): Promise<Buffer> {
  const fault = await inputFault(path)
  if (fault !== null) throw new Error(fault)
  return readFile(path)
}

/** The same as text: in UTF-8, or in what its byte order mark says, which editors and shells of Windows write. */
export async function readInputText(path: string): Promise<string> {
  const bytes = await readInput(path)
  return new TextDecoder(encodingOf(bytes)).decode(bytes)
}

/** Bytes as such a text; null for what is none. */
export function decodedText(bytes: Uint8Array): string | null {
  try {
    const text = new TextDecoder(encodingOf(bytes), { fatal: true }).decode(bytes)
    return text.includes('\0') ? null : text
  } catch {
    return null
  }
}

function encodingOf([first = 0, second = 0]: Uint8Array): 'utf-8' | 'utf-16le' | 'utf-16be' {
  if (first === 0xff && second === 0xfe) return 'utf-16le'
  return first === 0xfe && second === 0xff ? 'utf-16be' : 'utf-8'
}

/** What keeps a file from being read, as `readInput` says it; null when nothing does. */
export async function inputFault(path: string): Promise<string | null> {
  try {
    const found = await stat(path)
    if (!found.isFile()) return `it is ${found.isDirectory() ? 'a folder' : 'a pipe, a socket or a device'}, not a file`
    await access(path, constants.R_OK)
    return null
  } catch (error) {
    const reason = reasonOf(error as NodeJS.ErrnoException)
    return reason === NO_SUCH_FILE && (await lstat(path).catch(() => null)) ? 'it is a link that leads nowhere' : reason
  }
}

/** The same as a sentence about the file, from what `readInput` throws. */
export function unreadable({ message }: Error): string {
  return message === NO_SUCH_FILE ? 'There is no such file.' : `The file cannot be read: ${message}.`
}

/** Whether there is a regular file; false for what cannot be looked at, too. */
export function isFile(path: string): boolean {
  try {
    return statSync(path).isFile()
  } catch {
    return false
  }
}

export const NO_SUCH_FILE = 'there is no such file'

/** A system's error in the same words. */
export function reasonOf({ code = '', message }: NodeJS.ErrnoException): string {
  return reasons[code] ?? message
}

const reasons: Readonly<Record<string, string>> = {
  ENOENT: NO_SUCH_FILE,
  ENOTDIR: 'a part of its path is a file, not a folder',
  ELOOP: 'its symbolic links lead in a circle',
  ENAMETOOLONG: 'its name is too long',
  EACCES: 'you have no permission to read it',
}
