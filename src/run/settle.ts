import { isOverrunCode } from '../domain/spending.ts'
import { goOnWith } from '../domain/wording.ts'
import { PromptRunnerError } from '../errors.ts'
import type { RunFailure } from '../orchestrator/servers-of-run.ts'
import type { Rehearsal } from '../report/rehearsal.ts'
import type { RunTally } from '../report/run-tally.ts'
import { makeSummary, type RentedServer, type Summary } from '../report/summary.ts'
import { summaryText } from '../report/summary-text.ts'
import type { RunOutput } from './run-host.ts'

/** What came of a run: its numbers, and everything that went wrong. */
export interface RunOutcome {
  readonly tally: RunTally
  readonly errors: readonly PromptRunnerError[]
  /** What only a rehearsal has: its folder, and who answered. Null: the run was live. */
  readonly rehearsed: { readonly folder: string; readonly rehearsal: Rehearsal } | null
  /** Several servers, where there were several. */
  readonly servers?: readonly RentedServer[] | undefined
  /** Keeps the summary where the run's files are, and the page that tells of them; gives the path of that. Null: there is none. */
  readonly keep: (summary: Summary) => Promise<string | null>
}

/** Says what came of a run, to people and to machines. Returns the exit code 0, or throws what went wrong. */
export async function settle(
  { tally, errors, rehearsed, servers, keep }: RunOutcome,
  output: RunOutput,
): Promise<number> {
  const summary = makeSummary(tally, {
    dryRun: rehearsed !== null,
    folder: rehearsed?.folder ?? null,
    failures: errors,
    rehearsal: rehearsed?.rehearsal ?? null,
    ...(servers && { servers }),
  })
  const report = await keep(summary)
  output.print(summaryText(summary, report).join('\n'))
  output.result(summary)
  throwAny(errors)
  return 0
}

/**
 * What failed, as errors to report: the run's own ones, and one for all videos, with the command line that goes on. A cancelled run is
 * nothing but cancelled, and one that its budget or its deadline stops has not failed in its videos.
 */
export function errorsOf(failures: readonly RunFailure[], resumeCommand: string | null): PromptRunnerError[] {
  const cancelled = failures.find(({ error }) => error.code === 'PR_CANCELLED')
  if (cancelled) return [cancelled.error]
  const own = failures
    .filter(({ video, error }) => video === null || isOverrunCode(error.code))
    .map(({ error }) => withHint(error, resumeCommand))
  const videos = failures.flatMap(({ video, error }) =>
    video === null || isOverrunCode(error.code) ? [] : [{ video, error }],
  )
  return videos.length === 0 ? own : [unfinished(videos, resumeCommand), ...own]
}

function unfinished(
  videos: ReadonlyArray<{ video: string; error: PromptRunnerError }>,
  resumeCommand: string | null,
): PromptRunnerError {
  const names = videos.map(({ video }) => video).join(', ')
  return new PromptRunnerError('PR_RUN_FAILED', `Not every video was finished: ${names}`, {
    ...(resumeCommand !== null && { hint: goOnWith(resumeCommand) }),
    problems: videos.flatMap(({ video, error }) => [
      { file: video, message: `${error.code}: ${error.message}`, ...ownHint(error) },
      ...error.problems.map((problem) => ({ ...problem, file: `${video}: ${problem.file}` })),
    ]),
  })
}

/** A run may fail before its first video. Where every video is safe there is nothing to go on with; limits say it themselves. */
function withHint(error: PromptRunnerError, resumeCommand: string | null): PromptRunnerError {
  const isSaid = error.code === 'PR_POD' || isOverrunCode(error.code)
  if (resumeCommand === null || isSaid) return error
  return error.reworded({ hint: [error.hint, goOnWith(resumeCommand)].filter(Boolean).join('; ') })
}

/** What to do about a failure is said once, at the problem where it belongs. */
function ownHint({ hint, problems }: PromptRunnerError): { hint?: string } {
  return hint === undefined || problems.some((problem) => problem.hint === hint) ? {} : { hint }
}

/** Throws what there is to report; the one error itself when it is one. */
export function throwAny(errors: readonly PromptRunnerError[]): void {
  if (errors.length === 1) throw errors[0]
  if (errors.length > 1) throw new AggregateError(errors, `${errors.length} things went wrong`)
}
