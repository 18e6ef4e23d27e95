import { PromptRunnerError } from '../errors.ts'

/** A disk that is full or gone is no bug, wherever it shows: PR_FILE. Null for any other error. */
export function diskFailure(error: unknown): PromptRunnerError | null {
  const { code = '', message } = error instanceof Error ? (error as NodeJS.ErrnoException) : { message: '' }
  if (!['ENOSPC', 'EDQUOT', 'EROFS', 'EIO'].includes(code)) return null
  return new PromptRunnerError('PR_FILE', `a file of this run cannot be written: ${message}`, {
    hint: 'make room, or go to another disk with --output-dir or, for a dry run, DRY_RUN_TEMP_DIR',
    cause: error,
  })
}
