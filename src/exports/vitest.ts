import { PromptRunnerError } from '../errors.ts'
import { captureInMemory, type MemoryCapture } from '../network/capture/memory-capture.ts'
import { type InstalledNetwork, installNetwork, type NetworkOptions } from '../network/install.ts'
import { loadWorld, type SimulationOptions } from './simulation.ts'

export type { SeenRequest, SeenWorkflow } from '../network/capture/memory-capture.ts'
export type { UploadRecord, UploadRequest } from '../network/capture/upload-files.ts'

export interface ReplayOptions extends Omit<SimulationOptions, 'recording'>, Pick<NetworkOptions, 'mayRun'> {}

/** The simulated network of one test, and what went through it. */
export interface Replay extends AsyncDisposable, Omit<MemoryCapture, 'wrap'> {
  /** What will fail the test: requests without an answer, and whatever would have left the process. */
  problems(): PromptRunnerError[]
}

/**
 * Puts the recorded world under this process until it is disposed: every client, every host; nothing gets out. Disposing it
 * throws when a request had no answer or was refused, also when the code under test swallowed that. Throws PR_RECORDING.
 */
export async function replay(recording: string, options: ReplayOptions = {}): Promise<Replay> {
  const { services, hosts, clock } = await loadWorld({ ...options, recording })
  const capture = captureInMemory(clock)
  const { mayRun } = options
  const network = await installNetwork({ services, hosts, capture, ...(mayRun ? { mayRun } : {}) })
  return {
    requests: capture.requests,
    workflows: capture.workflows,
    uploads: capture.uploads,
    problems: network.problems,
    [Symbol.asyncDispose]: () => finish(network),
  }
}

async function finish(network: InstalledNetwork): Promise<void> {
  const problems = network.problems()
  await network[Symbol.asyncDispose]()
  if (problems.length === 0) return
  const list = problems.map(({ message, hint }) => `- ${message}${hint ? `\n  (${hint})` : ''}`).join('\n')
  throw new PromptRunnerError(problems[0]!.code, `the simulated network was left with problems:\n${list}`)
}
