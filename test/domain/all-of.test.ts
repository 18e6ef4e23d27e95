import { expect, it } from 'vitest'
import { allOf } from '../../src/domain/all-of.ts'
import { type ErrorCode, PromptRunnerError } from '../../src/errors.ts'

/** Fails after so many turns of the event loop: the order of failures is turned round without a clock. */
async function failsAfter(turns: number, error: unknown): Promise<never> {
  for (let turn = 0; turn < turns; turn += 1) await new Promise(setImmediate)
  throw error
}

const known = (code: ErrorCode, file: string, hint?: string) =>
  new PromptRunnerError(code, `${file} cannot be read.`, { hint, problems: [{ file, message: 'is empty' }] })

const failure = (work: readonly Promise<unknown>[]) => allOf(work).catch((error: unknown) => error)

it('gives the results in the order of the work, typed one by one', async () => {
  const [text, number]: [string, number] = await allOf([Promise.resolve('a'), 1])
  expect([text, number]).toEqual(['a', 1])
  expect(await allOf([])).toEqual([])
})

it('tells all that failed in the order of the work, whatever failed first', async () => {
  const errors = ['a', 'b', 'c'].map((file) => known('PR_TEMPLATE', file, 'write something'))
  for (const turns of [
    [0, 1, 2],
    [2, 1, 0],
    [1, 0, 1],
  ]) {
    const error = await failure([...errors.map((each, index) => failsAfter(turns[index]!, each)), Promise.resolve(1)])
    expect(error).toMatchObject({
      code: 'PR_TEMPLATE',
      message: 'a cannot be read; b cannot be read; c cannot be read',
      hint: 'write something',
      problems: ['a', 'b', 'c'].map((file) => ({ file, message: 'is empty' })),
      cause: { errors },
    })
  }
})

it('throws the one failure itself, once all the rest is done', async () => {
  const one = known('PR_TEMPLATE', 'a')
  let done = false
  const slow = failsAfter(3, null).catch(() => {
    done = true
  })
  expect([await failure([failsAfter(0, one), slow]), done]).toEqual([one, true])
})

it('takes the code with the highest exit code, and says what is the same but once', async () => {
  const error = await failure([
    failsAfter(1, known('PR_PROMPT_FILE', 'a', 'first')),
    failsAfter(0, known('PR_EGRESS', 'b', 'second')),
    failsAfter(0, known('PR_PROMPT_FILE', 'a', 'first')),
  ])
  expect(error).toMatchObject({
    code: 'PR_EGRESS',
    message: 'a cannot be read; b cannot be read',
    hint: 'first\nsecond',
    problems: [{ file: 'a' }, { file: 'b' }],
  })
})

it('throws the first bug as it is, and of a cancelled run only that', async () => {
  const bug = new TypeError('x is not a function')
  const problem = known('PR_TEMPLATE', 'a')
  expect(await failure([failsAfter(0, problem), failsAfter(1, bug), failsAfter(0, new Error('later'))])).toBe(bug)
  const cancelled = new PromptRunnerError('PR_CANCELLED', 'the run was cancelled by SIGINT')
  expect(await failure([failsAfter(0, problem), failsAfter(1, cancelled)])).toBe(cancelled)
})
