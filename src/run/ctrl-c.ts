import { goOnWith } from '../domain/wording.ts'
import type { CtrlC } from './run-host.ts'

/** What is said at each Ctrl-C of a live run on one server or several: what it does, and what the next one would do. */
export function ctrlCText(
  press: CtrlC,
  { left, resumeCommand, areSeveral }: { left: readonly string[]; resumeCommand: string; areSeveral: boolean },
) {
  const jobs = areSeveral ? 'the jobs that run are' : 'the job that runs is'
  const where = areSeveral ? 'on their servers' : 'on the server'
  switch (press) {
    case 'close':
      return `Ctrl-C: ${jobs} finished, then the run stops. Press it again to interrupt ${areSeveral ? 'those jobs' : 'that job'} ${where}.`
    case 'abort':
      return `Ctrl-C: ${jobs} interrupted ${where}, then the run stops. Press it again to leave at once.`
    case 'leave':
      return ['Left at once; what was going on goes on by itself', ...left, goOnWith(resumeCommand)].join('\n')
    default:
      return press satisfies never
  }
}
