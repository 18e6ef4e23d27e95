import { type ErrorCode, PromptRunnerError } from '../errors.ts'

/** What one check found: fine, a matter to know of, something a run cannot do without, or a recording that is no longer true. */
export interface DoctorFinding {
  readonly check: string
  readonly level: 'ok' | 'warning' | 'missing' | 'stale'
  readonly message: string
  readonly hint?: string
  readonly code?: ErrorCode
}

/** Findings of one check. */
export const findingsOf = (check: string) => ({
  ok: (message: string): DoctorFinding => ({ check, level: 'ok', message }),
  warning: (message: string, hint: string): DoctorFinding => ({ check, level: 'warning', message, hint }),
  missing: (code: ErrorCode, message: string, hint: string): DoctorFinding => ({
    check,
    level: 'missing',
    message,
    hint,
    code,
  }),
  stale: (message: string, hint: string): DoctorFinding => ({
    check,
    level: 'stale',
    message,
    hint,
    code: 'PR_STALE_RECORDING',
  }),
})

/** Runs a check; a known failure is its finding. */
export async function orMissing<T extends readonly DoctorFinding[]>(
  check: string,
  work: () => Promise<T>,
): Promise<readonly DoctorFinding[]> {
  try {
    return await work()
  } catch (error) {
    if (!(error instanceof PromptRunnerError)) throw error
    const { code, message, hint, problems } = error
    const first = problems[0] ? ` ${problems[0].file}: ${problems[0].message}` : ''
    return [{ check, level: 'missing', message: message + first, code, ...(hint && { hint }) }]
  }
}

/** 0 when all is well or only to be known of, 1 when something is missing, 4 when the recording is stale. */
export function doctorExitCode(findings: readonly DoctorFinding[]): number {
  if (findings.some(({ level }) => level === 'stale')) return 4
  return findings.some(({ level }) => level === 'missing') ? 1 : 0
}
