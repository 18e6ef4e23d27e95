/**
 * Every known failure: its code, the exit code it leads to, and what it means.
 * Codes are public: scripts match on them, so none is ever renamed.
 * Exit codes are those of the README's table; of several the highest applies.
 */
export const errorCodes = {
  PR_USAGE: { exit: 2, means: 'a flag or argument is wrong' },
  PR_CONFIG: { exit: 2, means: 'the configuration file or an environment variable is wrong' },
  PR_PROMPT_FILE: { exit: 2, means: 'a prompt file is wrong' },
  PR_NO_PROMPTS: { exit: 2, means: 'there is no prompt file to work on' },
  PR_PLAN: { exit: 2, means: 'no plan can be made from these values' },
  PR_TEMPLATE: { exit: 2, means: 'a workflow template cannot be used' },
  PR_BINDING: { exit: 2, means: 'a binding finds no node, several nodes, or no such input' },
  PR_INVALID_WORKFLOW: { exit: 2, means: 'a workflow does not pass offline validation' },
  PR_STATE: { exit: 2, means: 'the state of an earlier run cannot be used' },
  PR_NOT_CONFIRMED: { exit: 2, means: 'a live run was not confirmed' },
  PR_COMFY_UNREACHABLE: { exit: 1, means: 'ComfyUI does not answer' },
  PR_COMFY_HTTP: { exit: 1, means: 'ComfyUI answered with an unexpected status or body' },
  PR_COMFY_REJECTED: { exit: 1, means: 'ComfyUI refused a workflow' },
  PR_COMFY_FAILED: { exit: 1, means: 'a node of a workflow failed while it ran' },
  PR_COMFY_INTERRUPTED: { exit: 1, means: 'a workflow was interrupted' },
  PR_COMFY_LOST: { exit: 1, means: 'ComfyUI no longer knows a prompt it had accepted' },
  PR_JOB_TIMEOUT: { exit: 1, means: 'a job showed no progress for longer than --job-timeout' },
  PR_BUDGET: { exit: 1, means: 'the run was stopped before it cost more than --budget allows' },
  PR_DEADLINE: { exit: 1, means: 'the run was stopped before it took longer than --deadline allows' },
  PR_NO_OUTPUT: { exit: 1, means: 'a workflow succeeded without the output that the plan needs' },
  PR_OUTPUT_MISMATCH: { exit: 1, means: 'an output differs from the plan (frames, size, bytes)' },
  PR_UPLOAD: { exit: 1, means: 'an upload to Google Cloud Storage failed' },
  PR_STORAGE: { exit: 1, means: 'Google Cloud Storage refused or did not answer a request' },
  PR_CREDENTIALS: { exit: 2, means: 'Google credentials cannot be used' },
  PR_POD: { exit: 1, means: 'RunPod refused or did not answer a request' },
  PR_FFMPEG: { exit: 1, means: 'ffmpeg or ffprobe failed or is missing' },
  PR_FILE: { exit: 1, means: 'a local file cannot be read or written' },
  PR_RUN_FAILED: { exit: 1, means: 'at least one video of the run failed' },
  PR_UNMATCHED_REQUEST: { exit: 3, means: 'the simulation has no answer to a request' },
  PR_RECORDING: { exit: 3, means: 'a recording is missing or cannot be read' },
  PR_UNUSED_RECORDING: { exit: 3, means: 'a recording was never used under --strict' },
  PR_FAULT_UNUSED: { exit: 3, means: 'a fault that was asked for never happened' },
  PR_STALE_RECORDING: { exit: 4, means: 'a recording no longer matches the live server' },
  PR_EGRESS: { exit: 5, means: 'something tried to leave the machine during a dry run' },
  PR_SECRET: { exit: 5, means: 'a secret was found where it must not be' },
  PR_MONEY: { exit: 6, means: 'a money rule was broken' },
  PR_CANCELLED: { exit: 130, means: 'the run was cancelled from the keyboard or by a signal' },
} as const satisfies Record<string, { exit: number; means: string }>

export type ErrorCode = keyof typeof errorCodes

/** A problem at one place of one input: `file:line`, the value found there, what is wrong with it. */
export interface Problem {
  readonly file: string
  readonly line?: number
  readonly message: string
  readonly value?: unknown
  readonly hint?: string
}

/**
 * A failure that is known: a code, a sentence (what was tried, what happened, with which value),
 * what to do about it, and the cause. Anything else that is thrown is a bug and keeps its stack.
 */
export class PromptRunnerError extends Error {
  override readonly name = 'PromptRunnerError'
  readonly code: ErrorCode
  readonly hint: string | undefined
  readonly problems: readonly Problem[]
  readonly #exit: number | undefined
  /** Milliseconds after which the same may go better, asked once more; null where it would not. Never says that anything has ended. */
  readonly retryAfter: number | null
  /** Whether no other video of the run is to be begun: a person wants it to end, or each would meet the same. */
  readonly stopsRun: boolean
  /** Whether a file that a job made is damaged or gone, so that only the job can make it again. */
  readonly isFileLost: boolean

  constructor(
    code: ErrorCode,
    message: string,
    more: {
      hint?: string | undefined
      cause?: unknown
      problems?: readonly Problem[]
      retryAfter?: number | null
      stopsRun?: boolean
      isFileLost?: boolean
      /** Another exit code than that of `code`: a signal has its own. */
      exit?: number | undefined
    } = {},
  ) {
    super(message, more.cause === undefined ? undefined : { cause: more.cause })
    this.code = code
    this.hint = more.hint
    this.problems = more.problems ?? []
    this.#exit = more.exit
    this.retryAfter = more.retryAfter ?? null
    this.stopsRun = more.stopsRun ?? false
    this.isFileLost = more.isFileLost ?? false
  }

  /** The same failure in other words. */
  reworded(words: Partial<Pick<PromptRunnerError, 'message' | 'hint' | 'problems'>>): PromptRunnerError {
    const { hint, problems, cause, retryAfter, stopsRun, isFileLost, message } = this
    const more = { hint, problems, cause, retryAfter, stopsRun, isFileLost, exit: this.#exit, ...words }
    return new PromptRunnerError(this.code, words.message ?? message, more)
  }

  get exitCode(): number {
    return this.#exit ?? errorCodes[this.code].exit
  }
}
