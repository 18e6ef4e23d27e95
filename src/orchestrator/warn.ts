import type { RunContext } from './run-context.ts'

/** A warning that concerns a video, or (null) the run as a whole. */
export function warn(context: RunContext, message: string, video: string | null = null): void {
  context.emit({ kind: 'warning', at: context.now(), video, message })
}
