import { existsSync, renameSync } from 'node:fs'
import { makeFolder } from '../files/folders.ts'
import { dayStamp, timeStamp } from '../report/stamps.ts'
import type { RunOutput } from '../run/run-host.ts'

export interface BesideTarget {
  /** Path of the recording to be. */
  readonly target: string
  readonly output: Pick<RunOutput, 'warn'>
  /** How `work` came to its end when it throws. */
  readonly ending: () => 'failed' | 'interrupted'
}

/**
 * Works in a new folder `<target>.unfinished-…`, which `work` publishes itself. When it throws, or the process ends under it, what is
 * there is kept as `<target>.failed-…` or `.interrupted-…`.
 */
export async function besideTarget<T>(options: BesideTarget, work: (folder: string) => Promise<T>): Promise<T> {
  const { target, output, ending } = options
  const now = Date.now()
  const stamp = `${dayStamp(now)}_${timeStamp(now)}`
  const folder = `${target}.unfinished-${stamp}`
  makeFolder(folder)
  const keep = () => {
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
