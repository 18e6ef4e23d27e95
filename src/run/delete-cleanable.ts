import { rm } from 'node:fs/promises'
import { stateDirOf } from '../config/layout.ts'
import { tryLockRun } from '../state/run-lock.ts'
import type { Cleanable } from './cleanable.ts'

/** Deletes what was found, each run under its lock: one that goes on meanwhile keeps all. Gives what could not be deleted. */
export async function deleteCleanable(
  clean: readonly Cleanable[],
  outputDir: string,
): Promise<Array<{ readonly path: string; readonly why: string }>> {
  const failed: Array<{ path: string; why: string }> = []
  for (const { kind, name, paths } of clean) {
    using lock = kind === 'files' ? tryLockRun(stateDirOf(outputDir), name, Date.now()) : null
    if (kind === 'files' && lock === null) {
      failed.push(...paths.map((path) => ({ path, why: `the run ${name} is in progress` })))
      continue
    }
    for (const path of paths) {
      await rm(path, { recursive: kind === 'folder' }).catch((error: Error) => {
        failed.push({ path, why: error.message })
      })
    }
  }
  return failed
}
