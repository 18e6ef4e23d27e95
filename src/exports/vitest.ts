import { onTestFinished } from 'vitest'
import { PromptRunnerError } from '../errors.ts'
import { type Replay, type ReplayOptions, replay as replayAnywhere } from './replay.ts'

export type {
  OwnConnections,
  Replay,
  ReplayOptions,
  SeenRequest,
  SeenSocket,
  SeenWorkflow,
  UploadRecord,
  UploadRequest,
} from './replay.ts'

/**
 * `replay` of `prompt-runner/replay`, which vitest ends with the test that asked for it: one that has timed out, or that did not
 * dispose of it, leaves nothing to the next. Throws PR_RECORDING.
 */
export async function replay(recording: string, options: ReplayOptions = {}): Promise<Replay> {
  const over = new AbortController()
  const signal = options.signal ? AbortSignal.any([options.signal, over.signal]) : over.signal
  let net: Replay | undefined
  endWithTest(async () => {
    if (net) await net[Symbol.asyncDispose]()
    else over.abort(tooLate())
  })
  net = await replayAnywhere(recording, { ...options, signal })
  return net
}

/** Among tests that run at the same time vitest may take another one for the one that asked. */
function tooLate(): PromptRunnerError {
  const message =
    'the test was over before it had its simulated network: it has timed out, or tests that each have one run at the same time (it.concurrent)'
  return new PromptRunnerError('PR_USAGE', message, {
    hint: 'give the test more time, or let such tests run one by one',
  })
}

function endWithTest(end: () => Promise<void>): void {
  try {
    onTestFinished(end)
  } catch {
    // Not asked for by a test: it lasts until it is disposed.
  }
}
