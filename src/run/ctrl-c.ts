import { goOnWith } from '../domain/wording.ts'
import type { CtrlC } from './run-host.ts'

/** What is said at each Ctrl-C of a live run: what it does, and what the next one would do. */
export function ctrlCText(press: CtrlC, { left, resumeCommand }: { left: readonly string[]; resumeCommand: string }) {
  switch (press) {
    case 'close':
      return 'Ctrl-C: the job that runs is finished, then the run stops. Press it again to interrupt that job on the server.'
    case 'abort':
      return 'Ctrl-C: the job that runs is interrupted on the server, then the run stops. Press it again to leave at once.'
    case 'leave':
      return ['Left at once; what was going on goes on by itself', ...left, goOnWith(resumeCommand)].join('\n')
    default:
      return press satisfies never
  }
}
