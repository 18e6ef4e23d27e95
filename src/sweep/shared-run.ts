import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { runObjects, stateDirOf } from '../config/layout.ts'
import { crc32c, crc32cBase64 } from '../domain/crc32c.ts'
import type { RunEvent } from '../domain/run-event.ts'
import { type SharedFile, sharedFilesOf } from '../orchestrator/share.ts'
import { eventOf } from '../state/journal-line.ts'

/** An object as its bucket lists it. */
export interface Listed {
  readonly name: string
  readonly size: string
  readonly crc32c: string
}

/**
 * Says whether another machine could go on with a run by what `--upload all` has put into the bucket: a piece of the journal from its
 * beginning, and every file that this piece names. How many pieces and files there are depends on how often the run was begun.
 */
export function lookAtShared(
  objects: readonly Listed[],
  { prefix, runName, outputDir }: { readonly prefix: string; readonly runName: string; readonly outputDir: string },
): string[] {
  const names = runObjects(prefix, runName)
  const below = ['journal', 'files'].map((folder) => `${names.folder}/${folder}/`)
  const own = objects.filter(({ name }) => below.some((folder) => name.startsWith(folder)))
  if (own.length === 0) return []
  const path = join(stateDirOf(outputDir), `${runName}.jsonl`)
  const journal = existsSync(path) ? readFileSync(path) : Buffer.alloc(0)
  const left = new Map(own.map((object) => [object.name, object]))
  let length = 0
  for (let next = left.get(names.journal(0)); next; next = left.get(names.journal(length))) {
    const piece = journal.subarray(length, length + Number(next.size))
    left.delete(next.name)
    if (crc32cBase64(crc32c(piece)) !== next.crc32c) return ['shared: another journal than the one here']
    length += piece.length
  }
  const lines = journal.subarray(0, length).toString().split('\n').filter(Boolean)
  const lacks = lines
    .flatMap((line) => filesOf(eventOf(line)))
    .map(({ path: file, digest }) => names.file(digest.crc32c, file))
    .filter((name) => !left.has(name))
  const loose = [...left.keys()].filter((name) => name.includes('/journal/'))
  return [
    'shared: the journal',
    ...loose.map(() => 'shared: a piece of another journal'),
    ...lacks.map((name) => `shared: the journal names ${name}, which is not there`),
  ]
}

function filesOf(event: RunEvent): SharedFile[] {
  if (event.kind === 'job-finished') return sharedFilesOf(event.result)
  if (event.kind === 'reference-extracted' && event.digest) return [{ path: event.file, digest: event.digest }]
  return []
}
