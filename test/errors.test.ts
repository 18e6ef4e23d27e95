import { expect, it } from 'vitest'
import { PromptRunnerError } from '../src/errors.ts'

it('keeps all of a failure but the words that are changed', () => {
  const more = { hint: 'wait', cause: new Error('why'), problems: [{ file: 'a', message: 'b' }] }
  const error = new PromptRunnerError('PR_CANCELLED', 'said', {
    ...more,
    retryAfter: 7,
    stopsRun: true,
    isFileLost: true,
    exit: 143,
  })
  const facts = (it: PromptRunnerError) => ({ ...it, message: it.message, cause: it.cause, exitCode: it.exitCode })
  expect(facts(error.reworded({}))).toEqual(facts(error))
  expect(facts(error.reworded({ message: 'other', hint: 'go' }))).toEqual({
    ...facts(error),
    message: 'other',
    hint: 'go',
  })
})
