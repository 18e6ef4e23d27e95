import type { Settings } from '../config/settings-types.ts'
import { brokenRules } from '../domain/money-rules.ts'
import { isOverrunCode } from '../domain/spending.ts'
import { PromptRunnerError } from '../errors.ts'
import type { RunFailure } from '../orchestrator/servers-of-run.ts'
import type { Bookkeeper } from '../simulators/bookkeeper.ts'

/** PR_MONEY for each rule that a run on simulated services has broken, with the calls that broke it. It has ended with `failures`. */
export async function moneyProblems(
  books: Bookkeeper,
  { run, pod }: Settings,
  failures: readonly RunFailure[],
): Promise<PromptRunnerError[]> {
  if (pod.id !== null) {
    const others = failures.filter(({ error }) => error.code !== 'PR_POD')
    const isSpent = others.some(({ error }) => isOverrunCode(error.code))
    const isToStop = run.shutdown === 'force' && (isSpent || (run.upload && others.length === 0))
    await books.lookAtPod(pod.id, { isToStop, isTold: others.length < failures.length })
  }
  return brokenRules(books.facts).map(
    ({ rule, sentence, calls }) =>
      new PromptRunnerError('PR_MONEY', sentence, {
        hint: 'this is a bug in prompt-runner: a live run would have lost money or files here',
        problems: calls.map((message) => ({ file: rule, message })),
      }),
  )
}
