import {
  closeSync,
  existsSync,
  fstatSync,
  fsyncSync,
  ftruncateSync,
  openSync,
  readdirSync,
  readFileSync,
  statSync,
  writeSync,
} from 'node:fs'
import { dirname, join } from 'node:path'
import { naturalOrder } from '../domain/natural-order.ts'
import { filesOf, type RunEvent } from '../domain/run-event.ts'
import { PromptRunnerError } from '../errors.ts'
import { makeFolder } from '../files/folders.ts'
import { isFile, reasonOf } from '../files/read-input.ts'
import { syncFile, syncFolder } from '../files/sync.ts'
import { lineOf, redactedLine } from './journal-line.ts'

/** Events that only matter while one looks at them. */
const passing = new Set<RunEvent['kind']>(['server-away', 'job-queued', 'job-progress', 'job-ended', 'upload-progress'])

/**
 * Events that a resume needs, so they must survive a power cut. A job's start is written before its prompt is sent, and
 * the end of an upload before anything is deleted.
 */
const precious = new Set<RunEvent['kind']>([
  'job-started',
  'job-finished',
  'job-taken',
  'film-downloaded',
  'upload-finished',
  'video-finished',
])

/**
 * Appends every event worth keeping. If `durable`, events that a resume needs are on disk when `append` returns, and the files that
 * they tell of are so before.
 */
export interface Journal extends Disposable {
  append(event: RunEvent): void
}

/**
 * Opens the journal of a run. That of a new run must not exist yet, or two runs would write into one. Without `durable`
 * the system chooses when lines reach the disk. `redact` takes out of a line what it may not hold. Throws PR_FILE.
 */
export function openJournal(
  path: string,
  { durable, isNew, redact }: { durable: boolean; isNew: boolean; redact?: ((json: string) => string) | undefined },
): Journal {
  const file = openToAppend(path, isNew)
  let isNamed = !isNew
  return {
    append(event) {
      if (passing.has(event.kind)) return
      const isKept = durable && precious.has(event.kind)
      if (isKept) for (const made of filesIn(event)) syncFile(made)
      appendWhole(file, `${redact ? redactedLine(lineOf(event), redact) : lineOf(event)}\n`)
      if (!isKept) return
      fsyncSync(file)
      if (!isNamed) syncFolder(dirname(path))
      isNamed = true
    },
    [Symbol.dispose]: () => closeSync(file),
  }
}

/** A disk that is nearly full takes a part of a line and says so only by how much that was. The next line must not be glued to it. */
function appendWhole(file: number, line: string): void {
  const { size } = fstatSync(file)
  const bytes = Buffer.from(line)
  try {
    for (let written = 0; written < bytes.length; ) written += writeSync(file, bytes, written)
  } catch (error) {
    ftruncateSync(file, size)
    throw error
  }
}

/** The local files that an event says to be there. */
function filesIn(event: RunEvent): string[] {
  if (event.kind === 'film-downloaded') return [event.file]
  if (event.kind !== 'job-finished' && event.kind !== 'job-taken') return []
  return filesOf(event.result).flatMap(([, { copy }]) => copy ?? [])
}

function openToAppend(path: string, isNew: boolean): number {
  try {
    makeFolder(dirname(path))
    const file = openSync(path, isNew ? 'ax+' : 'a+')
    mendEnd(file)
    return file
  } catch (cause) {
    throw new PromptRunnerError('PR_FILE', `Opening the journal ${path} failed: ${(cause as Error).message}`, {
      hint: 'Give --output-dir a folder that can be written to.',
      cause,
    })
  }
}

/**
 * Mends a last line that was torn, or the next one would be glued to it: half a line is cut off, a whole one gets its
 * end.
 */
function mendEnd(file: number): void {
  const text = readFileSync(file)
  const start = text.lastIndexOf('\n') + 1
  if (start === text.length) return
  if (isJson(text.toString('utf8', start))) appendWhole(file, '\n')
  else ftruncateSync(file, start)
}

/** Whether a line is whole. */
export function isJson(line: string): boolean {
  try {
    JSON.parse(line)
    return true
  } catch {
    return false
  }
}

/** What the system does not let us read is a known failure. */
export function known<T>(path: string, read: () => T): T {
  try {
    return read()
  } catch (cause) {
    const why = reasonOf(cause as NodeJS.ErrnoException)
    throw new PromptRunnerError('PR_STATE', `Reading the state of earlier runs in ${path} failed: ${why}`, {
      hint: 'Give --output-dir the folder that the earlier runs had, or another one.',
      cause,
    })
  }
}

/** Names of the runs whose journals lie in `stateDir`, oldest first. */
export function knownRuns(stateDir: string): string[] {
  if (!existsSync(stateDir)) return []
  return known(stateDir, () => readdirSync(stateDir))
    .filter((name) => name.endsWith('.jsonl') && isFile(join(stateDir, name)))
    .map((name) => ({ name: name.slice(0, -'.jsonl'.length), at: statSync(join(stateDir, name)).mtimeMs }))
    .sort((a, b) => a.at - b.at || naturalOrder(a.name, b.name))
    .map((run) => run.name)
}
