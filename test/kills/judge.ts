import { isDeepStrictEqual } from 'node:util'
import type { Json } from '../support/rehearse.ts'
import { JOBS, type Outcome } from './kill-run.ts'
import type { Remains } from './remains.ts'

/** What was killed, and what had to be made again for it. */
export interface Verdict {
  /** A sentence each. */
  readonly deviations: readonly string[]
  /** Prompts beyond one for each job. */
  readonly again: number
}

/**
 * Holds a run to the one in which nothing was killed. `mayComeAgain`: workflow numbers of the jobs that the server has lost, of which
 * one prompt more may have been sent.
 */
export function judge(outcome: Outcome, undisturbed: Remains, mayComeAgain: readonly number[] = []): Verdict {
  const { ends, remains } = outcome
  const last = ends.at(-1)!
  const failures = last.exitCode === 0 ? [] : [`ended with ${last.exitCode}: ${last.stderr}`]
  const differences = (['film', 'files', 'bucket', 'isSameFilm'] as const).flatMap((part) =>
    isDeepStrictEqual(remains[part], undisturbed[part])
      ? []
      : [`${part}: ${difference(remains[part], undisturbed[part])}`],
  )
  const counts = (['prompts', 'done'] as const).flatMap((part) =>
    Array.from({ length: JOBS }, (_, index) => index + 1).flatMap((number) => {
      const times = remains[part][number] ?? 0
      const isRight = times === 1 || (times === 2 && mayComeAgain.includes(number))
      return isRight ? [] : [`${part}: job ${number} ${times} times`]
    }),
  )
  const prompts = Object.values(remains.prompts).reduce((sum, times) => sum + times, 0)
  return { deviations: [...failures, ...differences, ...counts], again: Math.max(0, prompts - JOBS) }
}

function difference(is: unknown, wanted: unknown): string {
  if (!Array.isArray(is) || !Array.isArray(wanted)) return `${JSON.stringify(is)} instead of ${JSON.stringify(wanted)}`
  const more = is.filter((each) => !wanted.includes(each))
  const less = wanted.filter((each) => !is.includes(each))
  return [...more.map((each) => `+ ${each}`), ...less.map((each) => `- ${each}`)].join(', ') || 'another number of them'
}

/**
 * The jobs that a server may have to be sent again when it dies: those that are not done; where its files are lost, also those whose only
 * file was there and is needed: HIGH's latent until LOW is done, and films until the last one is here. What was rendered and is here is
 * not rendered again. `events` are those of the journal.
 */
export function lostJobs(events: readonly Json[], files: 'kept' | 'lost'): number[] {
  const done = new Set(events.filter(({ kind }) => kind === 'job-finished').map(({ workflow }) => workflow))
  const isFilmHere = events.some(({ kind }) => kind === 'film-downloaded')
  return Array.from({ length: JOBS }, (_, index) => index + 1).filter((number) => {
    if (!done.has(number)) return true
    if (files === 'kept') return false
    return isCombine(number) ? !isFilmHere : isHigh(number) && !done.has(number + 1)
  })
}

// HIGH and LOW of each chunk, then a combine job for each.
const isCombine = (number: number) => number > (JOBS / 3) * 2
const isHigh = (number: number) => number % 2 === 1
