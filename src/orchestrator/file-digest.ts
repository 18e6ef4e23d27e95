import { stat } from 'node:fs/promises'
import { type FileDigest, filesOf, type JobResult, withFiles } from '../domain/run-event.ts'
import { fileCrc32c } from '../files/file-crc32c.ts'

/** A job's result with what its files are that came here: a later part of the run, or another machine, knows them again by it. */
export async function withDigests<Result extends JobResult>(result: Result): Promise<Result> {
  const digests = new Map<string, FileDigest>()
  for (const [, { copy }] of filesOf(result)) if (copy !== null) digests.set(copy, await digestOf(copy))
  return withFiles(result, (file) => {
    const digest = digests.get(file.copy ?? '')
    return digest ? { ...file, digest } : file
  }) as Result
}

/** Size and checksum of a file. */
export async function digestOf(path: string): Promise<FileDigest> {
  return { bytes: (await stat(path)).size, crc32c: await fileCrc32c(path) }
}

/** Whether there is a file that is what it was. One of another size is not read. */
export async function hasDigest(path: string, { bytes, crc32c }: FileDigest): Promise<boolean> {
  try {
    return (await stat(path)).size === bytes && (await fileCrc32c(path)) === crc32c
  } catch {
    return false
  }
}
