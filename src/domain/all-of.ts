import { PromptRunnerError } from '../errors.ts'

/**
 * Waits for everything that is under way, also after a failure, and gives the results in the order of the work. What failed is told
 * in that order too, whatever failed first: the one error itself, or one with the sentences, problems and hints of all. A bug is
 * thrown as it is, and whoever cancels hears of nothing but that.
 */
export async function allOf<const T extends readonly unknown[]>(
  work: T,
): Promise<{ -readonly [K in keyof T]: Awaited<T[K]> }> {
  const ends = await Promise.allSettled(work)
  const failures = ends.flatMap((end) => (end.status === 'rejected' ? [end.reason as unknown] : []))
  if (failures.length > 0) throw oneOf(failures)
  return ends.map((end) => (end as PromiseFulfilledResult<unknown>).value) as {
    -readonly [K in keyof T]: Awaited<T[K]>
  }
}

function oneOf(failures: readonly unknown[]): unknown {
  const known = failures.filter((failure) => failure instanceof PromptRunnerError)
  const bug = failures.find((failure) => !(failure instanceof PromptRunnerError))
  // The first of those with the highest exit code.
  const [worst] = known.toSorted((a, b) => b.exitCode - a.exitCode)
  if (!worst || bug !== undefined) return bug
  if (known.length === 1 || worst.code === 'PR_CANCELLED') return worst
  const sentences = distinct(known.map(({ message }) => message))
  const hints = distinct(known.flatMap(({ hint }) => hint ?? []))
  return new PromptRunnerError(worst.code, sentences.map((each) => each.replace(/\.$/, '')).join('; '), {
    hint: hints.length === 0 ? undefined : hints.join('\n'),
    problems: distinct(known.flatMap(({ problems }) => problems)),
    cause: new AggregateError(known),
  })
}

/** Two that fail for one reason tell it once. */
function distinct<T>(values: readonly T[]): T[] {
  return [...new Map(values.map((value) => [JSON.stringify(value), value])).values()]
}
