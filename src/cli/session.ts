import type { Settings } from '../config/settings-types.ts'
import type { Output } from './output.ts'

export interface SessionOptions {
  readonly settings: Settings
  readonly output: Output
  readonly signal: AbortSignal
}

/** Runs every prompt file and returns the exit code. */
export async function runSession({ output }: SessionOptions): Promise<number> {
  output.print('nothing to run yet')
  return 0
}
