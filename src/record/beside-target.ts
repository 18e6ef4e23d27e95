import { existsSync, mkdirSync, readdirSync, renameSync, rmdirSync, statSync } from 'node:fs'
import { basename, dirname } from 'node:path'
import { PromptRunnerError } from '../errors.ts'
import { makeFolder } from '../files/folders.ts'
import { dayStamp, timeStamp } from '../report/stamps.ts'
import type { RunOutput } from '../run/run-host.ts'
import { tryLockRun } from '../state/run-lock.ts'

export interface BesideTarget {
  /** Path of the recording to be. */
  readonly target: string
  readonly output: Pick<RunOutput, 'warn'>
  /** How `work` came to its end when it throws. */
  readonly ending: () => 'failed' | 'interrupted'
}

/**
 * Works in a new folder `<target>.unfinished-…`, which `work` publishes itself. When it throws, or the process ends under it, what is
 * there, unless it is nothing, is kept as `<target>.failed-…` or `.interrupted-…`. Throws PR_STATE while another process does so for the
 * same target, and PR_USAGE for what is there and no recording.
 */
export async function besideTarget<T>(options: BesideTarget, work: (folder: string) => Promise<T>): Promise<T> {
  const { target, output, ending } = options
  refuseOther(target)
  const now = Date.now()
  using _lock = lockTarget(target, now)
  const { folder, stamp } = newFolder(target, `${dayStamp(now)}_${timeStamp(now)}`)
  const keep = () => {
    if (readdirSync(folder).length === 0) return rmdirSync(folder)
    const kept = `${target}.${ending()}-${stamp}`
    renameSync(folder, kept)
    output.warn(`what was recorded is kept in ${kept}${existsSync(target) ? `; ${target} is as it was` : ''}`)
  }
  // What is thrown in a timer or stream, and a second Ctrl-C, do not come by here.
  process.once('exit', keep)
  try {
    return await work(folder)
  } catch (error) {
    keep()
    throw error
  } finally {
    process.off('exit', keep)
  }
}

/**
 * Throws PR_USAGE for a place that is none for a recording. Known only when it is published, it would have cost all that was recorded
 * until then, or files of somebody else.
 */
export function refuseOther(target: string): void {
  const refuse = (message: string) => {
    throw new PromptRunnerError('PR_USAGE', message, { hint: 'give another name, or a folder that is not there yet' })
  }
  const there = statSync(target, { throwIfNoEntry: false })
  if (there && !there.isDirectory()) refuse(`a recording is a folder, and ${target} is none`)
  const files = there ? readdirSync(target) : []
  if (files.length > 0 && !files.some((file) => file.endsWith('.har'))) {
    refuse(`${target} is no recording: it has other files, and no HAR`)
  }
}

/** Two at once would take each other's files away while they publish. */
function lockTarget(target: string, now: number): Disposable {
  const lock = tryLockRun(dirname(target), basename(target), now)
  if (lock !== null) return lock
  throw new PromptRunnerError('PR_STATE', `${target} is being recorded by another process`, {
    hint: `wait for it, or give this recording another name; if there is none, remove ${target}.lock`,
  })
}

/** One more in the same second gets a number. */
function newFolder(target: string, second: string): { folder: string; stamp: string } {
  makeFolder(dirname(target))
  for (let number = 1; ; number += 1) {
    const stamp = number === 1 ? second : `${second}_${number}`
    const folder = `${target}.unfinished-${stamp}`
    if (['unfinished', 'failed', 'interrupted'].some((end) => existsSync(`${target}.${end}-${stamp}`))) continue
    mkdirSync(folder)
    return { folder, stamp }
  }
}
