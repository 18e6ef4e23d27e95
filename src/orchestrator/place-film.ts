import { copyFile, type FileHandle, open, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { filmName } from '../config/layout.ts'
import { allOf } from '../domain/all-of.ts'
import { PromptRunnerError } from '../errors.ts'

/**
 * Puts a film into `finalDir` under the name `wanted`, and returns where it is. No other film is ever replaced: when
 * the name is taken, the run's name is added. The film is written beside its place and renamed, so that what is seen
 * there is whole. A run that goes on may have placed it already and died before it knew, so it looks first. Throws PR_FILE.
 */
export async function placeFilm(from: string, finalDir: string, film: FilmToPlace): Promise<string> {
  const part = join(finalDir, `${filmName(film.video, film.runName)}.part`)
  try {
    await copyFile(from, part)
    for (const name of namesOf(film)) {
      const path = join(finalDir, name)
      if (!(await reserve(path, film)) && !(await haveSameBytes(part, path))) continue
      await rename(part, path)
      return path
    }
  } catch (cause) {
    throw new PromptRunnerError(
      'PR_FILE',
      `Placing the film ${film.wanted} in ${finalDir} failed: ${(cause as Error).message}`,
      { hint: `The film is safe in ${from}; a resumed run goes on from there.`, cause },
    )
  }
  throw new Error('there is always another name')
}

/** What a film is to be called; `isResumed`: by a run that goes on. */
interface FilmToPlace {
  readonly video: string
  readonly runName: string
  readonly wanted: string
  readonly isResumed: boolean
}

function* namesOf({ video, runName, wanted, isResumed }: FilmToPlace) {
  if (isResumed) yield filmName(video)
  yield wanted
  yield filmName(video, runName)
  for (let number = 2; ; number += 1) yield filmName(video, `${runName}-${number}`)
}

/**
 * Makes a file that the rename then replaces. A hard link would need none, but not every volume of a pod has those. It says whose it
 * is, for a run that dies before the rename finds it again.
 */
async function reserve(path: string, { video, runName }: FilmToPlace): Promise<boolean> {
  const text = `Here the film ${video} of the run ${runName} will be.\n`
  try {
    await writeFile(path, text, { flag: 'wx' })
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
    return (await startOf(path, Buffer.byteLength(text) + 1)) === text
  }
}

async function startOf(path: string, length: number): Promise<string> {
  await using file = await open(path)
  const piece = Buffer.alloc(length)
  return piece.toString('utf8', 0, await fill(file, piece))
}

/** An upload that failed is tried again with the very film that lies there. */
async function haveSameBytes(one: string, other: string): Promise<boolean> {
  await using a = await open(one)
  await using b = await open(other)
  const pieces = [Buffer.alloc(1 << 20), Buffer.alloc(1 << 20)] as const
  for (;;) {
    const [left, right] = await allOf([fill(a, pieces[0]), fill(b, pieces[1])])
    if (!pieces[0].subarray(0, left).equals(pieces[1].subarray(0, right))) return false
    if (left === 0) return true
  }
}

/** A read may give less than there is. */
async function fill(file: FileHandle, piece: Buffer): Promise<number> {
  let length = 0
  for (;;) {
    const { bytesRead } = await file.read(piece, length, piece.length - length)
    length += bytesRead
    if (bytesRead === 0 || length === piece.length) return length
  }
}
