import { counted } from '../domain/wording.ts'
import { PromptRunnerError } from '../errors.ts'
import { createRedactor, type Redactor } from '../recording/redact.ts'
import type { ServiceName, SimulatedService } from '../simulators/simulator.ts'
import type { Engine, EngineOptions, StartEngine } from './engine.ts'
import { CANARY_HOST, canary, sendCanary } from './safety/canary.ts'
import { METADATA_SERVERS, withoutDetours } from './safety/detours.ts'
import { guardSideDoors, meterConnections } from './safety/guards.ts'
import { addressOf, type HostTable } from './safety/host-table.ts'
import { openLedger, type Provenance, type UnmatchedRequest, unmatchedError } from './safety/ledger.ts'
import { type OwnConnections, ownServers } from './safety/own-servers.ts'
import { egressError, type Refusal, rememberRefusals, type Who } from './safety/refusals.ts'
import { allOrNothing } from './undo-list.ts'
import type { Line } from './wire/on-wire.ts'
import { wireEngine } from './wire/wire.ts'

export interface NetworkOptions {
  readonly services: readonly SimulatedService[]
  readonly hosts: HostTable
  /** Wraps each service; see capture.ts. */
  readonly capture?: { wrap(service: SimulatedService): SimulatedService }
  readonly redactor?: Redactor
  /** The connections to each service, for faults to break. */
  readonly lines?: ReadonlyMap<ServiceName, Line>
  /** Those to `host:port`, where one service is at several addresses. */
  readonly lineAt?: (authority: string) => Line | undefined
  /** Programs that may run all the same, by the name they are started with. */
  readonly mayRun?: (file: string) => boolean
  /** Whether servers that this process itself has on loopback may be reached. */
  readonly ownServers?: boolean
  /** Who is told of in what was refused: a dry run when left out. */
  readonly who?: Who
  /** `wireEngine` when left out. */
  readonly engine?: StartEngine
}

/** The simulated network while it is in place. Disposing it gives the process its own network back. */
export interface InstalledNetwork extends Engine {
  report(): NetworkReport
  /** What makes the run untrustworthy, even when nobody noticed: PR_EGRESS and PR_UNMATCHED_REQUEST. */
  problems(): PromptRunnerError[]
}

export interface NetworkReport {
  /** Connections to servers of this process, where these may be reached. */
  readonly own: readonly OwnConnections[]
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
  if (installedAt !== null) throw alreadyInstalled(installedAt)
  const { hosts, capture, redactor = createRedactor(), who = 'dry run' } = options
  const ledger = openLedger(redactor.url)
  const services = new Map(
    options.services.map((service) => [
      service.name,
      { ...ledger.wrap(capture?.wrap(service) ?? service), line: options.lines?.get(service.name) },
    ]),
  )
  const { refused, refuse } = rememberRefusals(who)
  const serviceAt: EngineOptions['serviceAt'] = (authority) => {
    if (addressOf(authority, '80').host === CANARY_HOST) return canary
    const name = hosts.serviceAt(authority)
    const service = name === null ? undefined : services.get(name)
    const line = options.lineAt?.(authority)
    return service && line ? { ...service, line } : (service ?? null)
  }
  const { engine, meter, own, undo } = await allOrNothing(async (undo) => {
    installedAt = callerOf(new Error().stack)
    undo.use({
      [Symbol.dispose]: () => {
        installedAt = null
      },
    })
    undo.use(withoutDetours(METADATA_SERVERS))
    undo.use(guardSideDoors({ refuse, ...(options.mayRun ? { mayRun: options.mayRun } : {}) }))
    const own = options.ownServers ? undo.use(ownServers()) : undefined
    const { comfyuiUrl } = hosts
    const engine = undo.use(await (options.engine ?? wireEngine)({ serviceAt, comfyuiUrl, refuse, own }))
    return { engine, meter: undo.use(meterConnections(await sendCanary(who), own)), own, undo }
  })
  const report = (): NetworkReport => ({
    own: own?.connections ?? [],
    realConnections: meter.realConnections,
    refused: refused(),
    unmatched: ledger.unmatched,
    requests: { ...ledger.requests },
    provenance: { ...ledger.provenance },
  })
  return {
    ...(engine.webSocket ? { webSocket: engine.webSocket } : {}),
    report,
    problems: () => problemsOf(report(), hosts.known, who),
    [Symbol.asyncDispose]: () => undo[Symbol.asyncDispose](),
  }
}

/** A process has one network: where it was made; '' when that cannot be told. */
let installedAt: string | null = null

/** The first place in a stack that is not in this program: `otter.test.ts:12:34`. */
function callerOf(stack = ''): string {
  const here = new URL('..', import.meta.url)
  const places = stack.split('\n').flatMap((line) => /(?:file:\/\/)?(\/[^()]+:\d+:\d+)/.exec(line)?.[1] ?? [])
  return places.find((place) => !place.startsWith(here.pathname)) ?? ''
}

function alreadyInstalled(at: string): PromptRunnerError {
  const whose = at === '' ? '' : `, made at ${at}`
  // Test runners show no hints.
  const why =
    'tests that each have one cannot run at the same time (it.concurrent), and one that has timed out keeps its own unless replay was given its signal'
  return new PromptRunnerError('PR_USAGE', `this process has a simulated network already${whose}: ${why}`, {
    hint: 'dispose of that one first',
  })
}

function problemsOf(
  { realConnections, refused, unmatched }: NetworkReport,
  known: readonly string[],
  who: Who,
): PromptRunnerError[] {
  const escaped = new PromptRunnerError(
    'PR_EGRESS',
    `${counted(realConnections, 'connection')} got past the simulated network, stopped only at the last moment`,
    { hint: 'another tool in this process opens connections of its own; run without it' },
  )
  return [
    ...(realConnections > 0 ? [escaped] : []),
    ...refused.map((refusal) => egressError(refusal, known, who)),
    ...unmatched.map(unmatchedError),
  ]
}
