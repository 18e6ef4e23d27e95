import { PromptRunnerError } from '../errors.ts'
import { createRedactor, type Redactor } from '../recording/redact.ts'
import type { ServiceName, SimulatedService } from '../simulators/simulator.ts'
import { CANARY_HOST, canary, sendCanary } from './canary.ts'
import { meterConnections } from './connection-meter.ts'
import { guardSideDoors } from './guards.ts'
import { addressOf, type HostTable } from './host-table.ts'
import { openLedger, type Provenance, type UnmatchedRequest } from './ledger.ts'
import { egressError, type Refusal, rememberRefusals } from './refusals.ts'
import { createServiceServer } from './server.ts'
import { interceptConnections } from './wire.ts'

export interface NetworkOptions {
  readonly services: readonly SimulatedService[]
  readonly hosts: HostTable
  /** Wraps each service; see capture.ts. */
  readonly capture?: { wrap(service: SimulatedService): SimulatedService }
  readonly redactor?: Redactor
  /** Programs that may run all the same, by the name they are started with. */
  readonly mayRun?: (file: string) => boolean
}

/** The simulated network while it is in place. Disposing it gives the process its own network back. */
export interface InstalledNetwork extends AsyncDisposable {
  report(): NetworkReport
  /** What makes the run untrustworthy, even when nobody noticed: PR_EGRESS and PR_UNMATCHED_REQUEST. */
  problems(): PromptRunnerError[]
}

export interface NetworkReport {
  /** Connections that got past the interceptor. They were stopped at the handle; any at all is a defect. */
  readonly realConnections: number
  readonly refused: readonly Refusal[]
  readonly unmatched: readonly UnmatchedRequest[]
  readonly requests: Readonly<Partial<Record<ServiceName, number>>>
  readonly provenance: Readonly<Record<Provenance, number>>
}

/**
 * Puts the simulated network under this process: every connection, lookup, datagram, program and thread from now on.
 * Proves that it works before it returns; throws PR_EGRESS when it does not.
 */
export async function installNetwork(options: NetworkOptions): Promise<InstalledNetwork> {
  const { hosts, capture, redactor = createRedactor() } = options
  const ledger = openLedger(redactor.url)
  const services = new Map(
    options.services.map((service) => [service.name, ledger.wrap(capture?.wrap(service) ?? service)]),
  )
  const { refused, refuse } = rememberRefusals()
  const serviceAt = (authority: string) => {
    if (addressOf(authority, '80').host === CANARY_HOST) return canary
    const name = hosts.serviceAt(authority)
    return name === null ? null : (services.get(name) ?? null)
  }
  const undo: Array<Disposable | AsyncDisposable> = []
  const use = <T extends Disposable | AsyncDisposable>(item: T): T => {
    undo.unshift(item)
    return item
  }
  const server = use(createServiceServer({ serviceAt, onUnknown: (authority) => refuse('host', authority) }))
  use(guardSideDoors({ refuse, ...(options.mayRun ? { mayRun: options.mayRun } : {}) }))
  use(interceptConnections({ server: server.http, isKnown: (at) => serviceAt(at) !== null, refuse }))
  const meter = await sendCanary()
    .then((tcp) => use(meterConnections(tcp)))
    .catch(async (error: unknown) => {
      await disposeAll(undo)
      throw error
    })
  const report = (): NetworkReport => ({
    realConnections: meter.realConnections,
    refused: refused(),
    unmatched: ledger.unmatched,
    requests: { ...ledger.requests },
    provenance: { ...ledger.provenance },
  })
  return {
    report,
    problems: () => problemsOf(report(), hosts.known),
    [Symbol.asyncDispose]: () => disposeAll(undo),
  }
}

async function disposeAll(undo: Array<Disposable | AsyncDisposable>): Promise<void> {
  for (const item of undo.splice(0)) {
    if (Symbol.asyncDispose in item) await item[Symbol.asyncDispose]()
    else item[Symbol.dispose]()
  }
}

function problemsOf(
  { realConnections, refused, unmatched }: NetworkReport,
  known: readonly string[],
): PromptRunnerError[] {
  const escaped = new PromptRunnerError(
    'PR_EGRESS',
    `${realConnections} connection(s) got past the simulated network and were stopped at the last moment`,
    { hint: 'another tool in this process opens connections of its own; run without it' },
  )
  return [
    ...(realConnections > 0 ? [escaped] : []),
    ...refused.map((refusal) => egressError(refusal, known)),
    ...unmatched.map(unmatchedError),
  ]
}

function unmatchedError({ method, url, nearest }: UnmatchedRequest): PromptRunnerError {
  return new PromptRunnerError(
    'PR_UNMATCHED_REQUEST',
    `${method} ${url}: the simulation has no answer to this request`,
    {
      hint: nearest === '' ? 'nothing similar is known' : `the nearest thing known is ${nearest}`,
    },
  )
}
