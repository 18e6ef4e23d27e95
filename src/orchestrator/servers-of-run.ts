import type { Plan } from '../domain/plan.ts'
import { PromptRunnerError } from '../errors.ts'
import type { RunState } from '../state/run-state.ts'
import type { OpenPrompts } from './open-prompts.ts'
import type { RunContext } from './run-context.ts'
import { isOverrun } from './spending.ts'

/** A known failure: of one video, or (`video` null) of the run as a whole. */
export interface RunFailure {
  readonly video: string | null
  readonly error: PromptRunnerError
}

/** What those who bring films to servers have to know and to tell of a run that is under way. */
export interface RunUnderWay {
  /** Does a part of the run. What is known to fail in it becomes one of `failures`; anything else is a bug, and thrown. */
  attempt(video: string | null, work: () => Promise<void>): Promise<void>
  readonly failures: RunFailure[]
  readonly prompts: Pick<OpenPrompts, 'any' | 'of' | 'ended'>
  /** What is known of the run by now. */
  stateNow(): RunState
}

/** Where the films of a run are rendered, and in which order they get there. */
export interface ServersOfRun {
  /** Connects, and ends what an earlier part of the run left there and nobody wants. Throws when nothing can be rendered. */
  meet(context: RunContext, plans: readonly Plan[]): Promise<void>
  /** Renders every film, as far as the run goes on. */
  render(context: RunContext, plans: readonly Plan[], run: RunUnderWay): Promise<void>
  /** Ends what earlier parts of a run that ends now have left there. */
  cancel(context: RunContext): Promise<void>
  close(context: RunContext): Promise<void>
}

/** Whether a run was cancelled, by what has failed of it. */
export function isCancelled(failures: readonly RunFailure[]): boolean {
  return failures.some(({ error }) => error.code === 'PR_CANCELLED')
}

/** Whether nothing is left of a run's budget or time. */
export function isSpent(failures: readonly RunFailure[]): boolean {
  return failures.some(({ error }) => isOverrun(error))
}

/** Why a film has not even begun. */
export function notBegun(why: string): PromptRunnerError {
  return new PromptRunnerError('PR_RUN_FAILED', `It was not begun: ${why}`)
}
