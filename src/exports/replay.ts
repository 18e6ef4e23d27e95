import { PromptRunnerError } from '../errors.ts'
import { captureInMemory, type MemoryCapture } from '../network/capture/memory-capture.ts'
import { openFaults } from '../network/faults/faults.ts'
import { parseFault } from '../network/faults/grammar/parse-fault.ts'
import { type InstalledNetwork, installNetwork, type NetworkOptions } from '../network/install.ts'
import type { OwnConnections } from '../network/safety/own-servers.ts'
import { allowedProbes } from '../simulators/allowed-probes.ts'
import { realClock } from '../simulators/virtual-clock.ts'
import { loadWorld, type SimulationOptions } from './simulation.ts'

export type { SeenRequest, SeenSocket, SeenWorkflow } from '../network/capture/memory-capture.ts'
export type { UploadRecord, UploadRequest } from '../network/capture/upload-files.ts'
export type { OwnConnections } from '../network/safety/own-servers.ts'

export interface ReplayOptions extends Omit<SimulationOptions, 'recording'>, Pick<NetworkOptions, 'mayRun'> {
  /**
   * What is to go wrong: `POST /prompt: status 524`, as `pr --fault help` lists it. Delays take the time that they say; a
   * fault that never happened is a problem.
   */
  readonly faults?: readonly string[]
  /**
   * Paths, whole or as patterns, that code asks to find out what a server has, and that may stay unanswered: `/manager/version`. They get
   * a 404 where the recording has no answer.
   */
  readonly allow?: ReadonlyArray<string | RegExp>
  /**
   * Whether the test may reach servers that this process itself has on loopback, as supertest starts them; so it is when this is
   * left out.
   */
  readonly ownServers?: boolean
  /** Ends it, also in a test that has timed out and cannot: the `signal` of the test's context in vitest and in node:test. */
  readonly signal?: AbortSignal
}

/** The simulated network of one test, and what went through it. */
export interface Replay extends AsyncDisposable, Omit<MemoryCapture, 'wrap'> {
  /** The servers of this process that were reached, and by how many connections. */
  readonly ownServers: readonly OwnConnections[]
  /** What will fail the test: requests without an answer, and whatever would have left the process. */
  problems(): PromptRunnerError[]
}

/**
 * Puts the recorded world under this process until it is disposed: every client, every host; nothing gets out. Disposing it
 * throws when a request had no answer or was refused, also when the code under test swallowed that. Throws PR_RECORDING.
 */
export async function replay(recording: string, options: ReplayOptions = {}): Promise<Replay> {
  const faults = openFaults((options.faults ?? []).map(parseFault), { clock: realClock })
  const { services, hosts, clock } = await loadWorld({ ...options, recording, faults, answersFirst: true })
  const capture = captureInMemory(clock)
  const { mayRun, allow = [], ownServers = true, signal } = options
  signal?.throwIfAborted()
  const network = await installNetwork({
    services: services.map((service) => allowedProbes(service, allow)),
    hosts,
    capture,
    lines: faults.lines,
    who: 'test',
    ownServers,
    ...(mayRun ? { mayRun } : {}),
  })
  // A test that has timed out waits for ever, and its network would be that of the next one.
  signal?.addEventListener('abort', () => void network[Symbol.asyncDispose](), { once: true })
  if (signal?.aborted) {
    await network[Symbol.asyncDispose]()
    signal.throwIfAborted()
  }
  let isOver = false
  const problems = () => [...network.problems(), ...faults.problems()]
  return {
    requests: capture.requests,
    workflows: capture.workflows,
    uploads: capture.uploads,
    sockets: capture.sockets,
    get ownServers() {
      return network.report().own
    },
    problems,
    async [Symbol.asyncDispose]() {
      if (isOver) return
      isOver = true
      await finish(network, problems())
    },
  }
}

async function finish(network: InstalledNetwork, problems: readonly PromptRunnerError[]): Promise<void> {
  await network[Symbol.asyncDispose]()
  if (problems.length === 0) return
  const list = problems.map(({ message, hint }) => `- ${message}${hint ? `\n  (${hint})` : ''}`).join('\n')
  throw new PromptRunnerError(problems[0]!.code, `the simulated network was left with problems:\n${list}`)
}

/** How a run ended, without what is another each time: `<id>` stands for ids, `<output>` for the folder of its files. */
export interface ReplayedOutcome {
  readonly exit_code: number
  readonly failures: ReadonlyArray<{
    readonly code: string
    readonly message: string
    readonly problems: readonly string[]
  }>
}

/**
 * Does again what the run of a recording did that `pr record --from-run` has made: the whole dry run, in this process. Throws PR_RECORDING
 * for a recording that is not of a run.
 */
export async function replayRun(
  recording: string,
  { signal }: { readonly signal?: AbortSignal } = {},
): Promise<ReplayedOutcome> {
  // A whole program, which those who only simulate servers do not need.
  const { rehearseRecording } = await import('../run/rehearse-recording.ts')
  return (await rehearseRecording(recording, { signal })).outcome
}
