import { PromptRunnerError } from '../../src/errors.ts'

/** What a known failure tells its reader; anything else that is thrown goes on, and so does a success. */
export async function failure(work: () => unknown) {
  try {
    await work()
  } catch (error) {
    if (!(error instanceof PromptRunnerError)) throw error
    const { code, message, hint, problems } = error
    return { code, message, ...(hint !== undefined && { hint }), ...(problems.length > 0 && { problems }) }
  }
  throw new Error('it did not fail')
}
