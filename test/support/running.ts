import { cpSync, readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { type CallOptions, callPr } from '../cli/call-pr.ts'
import type { PrResult } from '../cli/run-pr.ts'
import { temporaryFolder } from './rehearse.ts'

/** `pr` under way in this process. */
export interface Running {
  readonly ended: Promise<PrResult>
  /** Ctrl-C until what runs is interrupted. Only for a run that has begun: before, a stop ends the process. */
  cancel(): void
  /** Ctrl-C, once. */
  press(): void
  /**
   * As when the power fails: what lies in the folder at this moment is all that is left of the run. `onDeath` sees to it that nobody
   * hears of it any more while it ends, unseen.
   */
  die(): void
}

/** Starts `pr` in a folder. */
export function startPr(
  args: readonly string[],
  options: CallOptions & { cwd: string },
  { call = callPr, onDeath = () => {}, presses = 1 } = {},
): Running {
  const { cwd } = options
  let left: string | null = null
  let isStopped = false
  const run = async () => {
    const result = await call(args, options)
    isStopped = true
    if (left === null) return result
    for (const name of readdirSync(cwd)) rmSync(join(cwd, name), { recursive: true })
    copy(left, cwd)
    return result
  }
  const press = () => {
    if (!isStopped) process.emit('SIGINT', 'SIGINT')
  }
  const cancel = () => {
    for (let pressed = 0; pressed < presses; pressed += 1) press()
    isStopped = true
  }
  return {
    ended: run(),
    cancel,
    press,
    die() {
      if (isStopped) return
      left = temporaryFolder()
      copy(cwd, left)
      onDeath()
      cancel()
    },
  }
}

/** Times too, for the latest run is found by them. The lock of a process that is gone would count for nothing; this one goes on. */
function copy(from: string, to: string): void {
  cpSync(from, to, { recursive: true, preserveTimestamps: true, filter: (path) => !path.endsWith('.lock') })
}
