import { lstatSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { PromptRunnerError } from '../errors.ts'
import { createWhole, isPart } from '../files/create-whole.ts'
import { makeFolder } from '../files/folders.ts'

/** Held while a run is in progress; disposing it gives the run's name free. */
export interface RunLock extends Disposable {}

/** Who holds a lock. `started` tells a process from a later one with its number; null where the system does not say. */
export interface Holder {
  readonly pid: number
  readonly host: string
  readonly since: string
  readonly started: string | null
}

/** Who holds the lock of a run, as far as can be seen from here; null: nobody, or a process that is dead. */
export function holderOf(stateDir: string, runName: string): Holder | 'unknown' | null {
  const last = numbersOf(stateDir, runName).at(-1)
  const holder = last === undefined ? 'gone' : readHolder(pathOf(stateDir, runName, last))
  if (holder === 'gone' || (holder !== null && isDead(holder))) return null
  return holder ?? 'unknown'
}

/** Locks a run by its name, at `at` (epoch milliseconds). Null when another run holds it. Throws PR_FILE. */
export function tryLockRun(stateDir: string, runName: string, at: number): RunLock | null {
  const taken = takeLock(stateDir, runName, at)
  return 'lock' in taken ? taken.lock : null
}

/** The same for a run that is to go on. Throws PR_STATE when it still runs, saying where and since when. */
export function lockRun(stateDir: string, runName: string, at: number): RunLock {
  const taken = takeLock(stateDir, runName, at)
  if ('lock' in taken) return taken.lock
  const { path, holder } = taken
  const isHere = holder?.host === hostname()
  const who = holder ? `process ${holder.pid} on ${holder.host}, since ${holder.since}` : `by whom is unreadable`
  throw new PromptRunnerError(
    'PR_STATE',
    isHere ? `--resume ${runName}: this run is in progress: ${who}` : `--resume ${runName}: this run is locked: ${who}`,
    {
      hint: isHere
        ? 'Two processes on one run would pay for each job twice: wait for the other one, or stop it.'
        : `Whether it still runs can be seen only there. If it does not, remove ${path} and try again.`,
    },
  )
}

/**
 * The locks of a run are numbered files, and the highest one counts. The lock of a dead process is not replaced; the
 * next number is created beside it, because only one of several processes that try this at once can create a file. All
 * of them are removed when the run ends.
 */
function takeLock(
  stateDir: string,
  runName: string,
  at: number,
): { lock: RunLock } | { path: string; holder: Holder | null } {
  for (;;) {
    const last = numbersOf(stateDir, runName).at(-1) ?? 0
    const path = pathOf(stateDir, runName, last)
    if (last >= MOST) throw tooMany(path)
    if (last > 0) {
      const holder = readHolder(path)
      if (holder === 'gone') continue
      if (holder === null || !isDead(holder)) return { path, holder }
    }
    if (!create(stateDir, pathOf(stateDir, runName, last + 1), at)) continue
    const release = () => {
      process.off('exit', release)
      for (const number of numbersOf(stateDir, runName).toReversed())
        rmSync(pathOf(stateDir, runName, number), { force: true })
      for (const name of filesOf(stateDir, runName).filter(isPart)) rmSync(join(stateDir, name), { force: true })
    }
    process.once('exit', release)
    return { lock: { [Symbol.dispose]: release } }
  }
}

function pathOf(stateDir: string, runName: string, number: number): string {
  return join(stateDir, `${runName}.lock${number === 1 ? '' : `.${number}`}`)
}

/** Each lock of a dead process is one number; what is called by a higher one is no lock of ours. */
const MOST = 1_000_000

function tooMany(path: string): PromptRunnerError {
  return new PromptRunnerError('PR_STATE', `Locking the run failed: ${path} has the last number that a lock can have`, {
    hint: 'If the run is not in progress, remove its locks and try again.',
  })
}

function numbersOf(stateDir: string, runName: string): number[] {
  const start = `${runName}.lock`
  return filesOf(stateDir, runName)
    .map((name) => (name === start ? 1 : numberIn(name.slice(start.length + 1))))
    .filter((number) => number !== null)
    .sort((a, b) => a - b)
}

/** Names of the files that locks are made of. */
function filesOf(stateDir: string, runName: string): string[] {
  const start = `${runName}.lock`
  try {
    return readdirSync(stateDir).filter((name) => name === start || name.startsWith(`${start}.`))
  } catch (error) {
    // Where there can be no lock yet; what is wrong with the folder is told when one is made.
    if (['ENOENT', 'ENOTDIR'].includes(codeOf(error) ?? '')) return []
    throw error
  }
}

/** Null for what is no number of a lock; the first one has none in its name. */
function numberIn(text: string): number | null {
  const number = /^[1-9]\d{0,6}$/.test(text) ? Number(text) : 0
  return number > 1 && number <= MOST ? number : null
}

function create(stateDir: string, path: string, at: number): boolean {
  const { pid } = process
  const holder: Holder = { pid, host: hostname(), since: new Date(at).toISOString(), started: startOf(pid) }
  try {
    makeFolder(stateDir)
    // Half a lock would be held by nobody knows whom, for ever.
    createWhole(path, `${JSON.stringify(holder)}\n`)
    return true
  } catch (cause) {
    if (codeOf(cause) === 'EEXIST' || isTakenAway(cause)) return false
    throw new PromptRunnerError('PR_FILE', `Locking the run with ${path} failed: ${(cause as Error).message}`, {
      hint: 'Give --output-dir a folder that can be written to.',
      cause,
    })
  }
}

/** Whoever gives a lock back takes what dead processes have left of theirs, and what a living one is about to make. */
function isTakenAway(error: unknown): boolean {
  return codeOf(error) === 'ENOENT' && (error as NodeJS.ErrnoException).syscall === 'link'
}

/** Null for a lock that cannot be read, as one that is being written: somebody holds it. */
function readHolder(path: string): Holder | null | 'gone' {
  try {
    // A read of a pipe would wait without end, and a link that leads nowhere is there all the same.
    if (!lstatSync(path).isFile()) return null
    const holder = JSON.parse(readFileSync(path, 'utf8'))
    return isHolder(holder) ? holder : null
  } catch (error) {
    return codeOf(error) === 'ENOENT' ? 'gone' : null
  }
}

function isHolder(value: Partial<Holder> | null): value is Holder {
  const { pid = 0, host, since, started } = value ?? {}
  return (
    Number.isSafeInteger(pid) &&
    pid > 0 &&
    typeof host === 'string' &&
    typeof since === 'string' &&
    (started === null || typeof started === 'string')
  )
}

function isDead({ pid, host, started }: Holder): boolean {
  if (host !== hostname()) return false
  try {
    process.kill(pid, 0)
  } catch (error) {
    return codeOf(error) === 'ESRCH'
  }
  return started !== null && started !== startOf(pid)
}

/**
 * Boot and clock tick at which a process started (proc(5), `stat`, field 22). The number of a process is not enough:
 * containers use the same few again and again.
 */
function startOf(pid: number): string | null {
  try {
    const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
      .replace(/^.*\) /s, '')
      .split(' ')
    return `${boot} ${fields[19]}`
  } catch {
    return null
  }
}

function codeOf(error: unknown): string | undefined {
  return (error as NodeJS.ErrnoException).code
}
