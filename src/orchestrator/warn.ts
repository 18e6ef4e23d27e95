import type { RunContext } from './run-context.ts'

/** A warning that concerns the run, no single video. */
export function warn(context: RunContext, message: string): void {
  context.emit({ kind: 'warning', at: context.now(), video: null, message })
}
