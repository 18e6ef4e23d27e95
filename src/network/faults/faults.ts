import type { EmitRunEvent, RunEvent } from '../../domain/run-event.ts'
import { PromptRunnerError } from '../../errors.ts'
import type { ComfyuiSimulator } from '../../simulators/comfyui/simulator.ts'
import type { MakeComfyui } from '../../simulators/simulated-services.ts'
import type { Clock, ServiceName, SimulatedService } from '../../simulators/simulator.ts'
import { Line } from '../wire/on-wire.ts'
import { can, type Due, type FaultPlan, type FaultReport, openFaultPlan } from './fault-plan.ts'
import { faultyComfyui } from './faulty-comfyui.ts'
import { faultyDisk } from './faulty-disk.ts'
import { faultyHttp } from './faulty-http.ts'
import { faultyPrograms } from './faulty-programs.ts'
import { faultyUpgrade } from './faulty-socket.ts'
import type { Anchor } from './grammar/anchors.ts'
import { type Fault, needsWire } from './grammar/fault.ts'
import { printFault } from './grammar/print-fault.ts'
import { PromptBook } from './prompt-book.ts'
import type { FaultTime } from './wire-acts.ts'
import { type FaultyComfyui, faultWorld, type World } from './world.ts'

/** One ComfyUI of several, which dies and is refused by itself. */
export interface FaultsOfServer {
  /** For `simulatedServices`: ComfyUI as a server that can die. */
  comfyui(make: MakeComfyui): ComfyuiSimulator
  wrap(service: SimulatedService): SimulatedService
  /** What can be broken and refused of it; undefined: nothing goes wrong at all. */
  readonly line: Line | undefined
}

/** Everything that faults are put around. Where there are none, nothing changes. */
export interface Faults extends Omit<FaultsOfServer, 'line'> {
  /** The same for a server of several, by its address. */
  server(address: string): FaultsOfServer
  /** For the network: what can be broken and refused. */
  readonly lines: ReadonlyMap<ServiceName, Line>
  /** Around the function that starts ffmpeg. */
  programs: (run: Parameters<typeof faultyPrograms>[0]) => ReturnType<typeof faultyPrograms>
  /** Around what a run tells of itself. */
  events(emit: EmitRunEvent, jobsBefore: ReadonlyMap<string, number>): EmitRunEvent
  /** Under this process's file functions, until it is disposed. */
  disk(): Disposable
  report(): FaultReport[]
  /** PR_FAULT_UNUSED for each fault that never happened. */
  problems(): PromptRunnerError[]
}

const SERVICES: readonly ServiceName[] = ['comfyui', 'gcs', 'google-auth', 'metadata', 'runpod']

/** Faults that are still to happen. What takes time passes on `clock`; `kill` ends this program by a signal. */
export function openFaults(
  faults: readonly Fault[],
  {
    clock,
    isVirtual = false,
    kill = (signal) => void process.kill(process.pid, signal),
    onSeen,
  }: Partial<FaultTime> & {
    clock: Clock
    kill?: (signal: NodeJS.Signals) => void
    /** Is told of all that happens. */
    onSeen?: (anchors: readonly Anchor[]) => void
  },
): Faults {
  const plan = openFaultPlan(faults, clock.now, onSeen)
  const book = new PromptBook()
  const lines = new Map(SERVICES.map((name) => [name, new Line()]))
  const open = (line: Line) => {
    let comfyui: FaultyComfyui | null = null
    const world = faultWorld({ comfyui: () => comfyui!, lines: new Map([...lines, ['comfyui', line]]), kill })
    const parts = { plan, book, world, clock, isVirtual }
    return {
      parts,
      line,
      comfyui(make: MakeComfyui) {
        comfyui = faultyComfyui(make, parts)
        return comfyui.simulator
      },
      wrap: (service: SimulatedService) => ({
        name: service.name,
        http: faultyHttp(service, parts),
        ...(service.upgrade ? { upgrade: faultyUpgrade(service, parts) } : {}),
      }),
    }
  }
  const one = open(lines.get('comfyui')!)
  const servers = new Map<string, ReturnType<typeof open>>()
  /** By host and port: servers behind one proxy share their connections. */
  const shared = new Map<string, Line>()
  const { parts } = one
  return {
    lines,
    comfyui: one.comfyui,
    wrap: one.wrap,
    server(address) {
      const { host } = new URL(address)
      const line = shared.get(host) ?? new Line()
      shared.set(host, line)
      const server = servers.get(address) ?? open(line)
      servers.set(address, server)
      return server
    },
    programs: (run) => faultyPrograms(run, parts),
    events: (emit, jobsBefore) =>
      faultyEvents(emit, { plan, worldAt: (server) => (servers.get(server) ?? one).parts.world }, jobsBefore),
    disk: () => faultyDisk(parts),
    report: plan.report,
    problems: plan.problems,
  }
}

/** Throws PR_USAGE for faults on the bytes of connections where an engine has none. */
export function checkEngine(faults: readonly Fault[], engine: string): void {
  const impossible = faults.filter(needsWire)
  if (engine === 'wire' || impossible.length === 0) return
  const list = impossible.map((fault) => `'${printFault(fault)}'`).join(', ')
  throw new PromptRunnerError('PR_USAGE', `--engine ${engine} has no connections of its own and cannot do ${list}`, {
    hint: 'leave --engine out: the wire engine can do every fault',
  })
}

/**
 * How a run tells its events, with the faults that happen before one is told or after. `jobsBefore` counts the jobs of the
 * run's videos before this one: a fault numbers jobs through the run, as the plan does.
 */
function faultyEvents(
  emit: EmitRunEvent,
  { plan, worldAt }: { plan: FaultPlan; worldAt: (server: string) => World },
  jobsBefore: ReadonlyMap<string, number>,
): EmitRunEvent {
  const placed = new Map<string, string>()
  const perform = ({ do: action }: Due, event: RunEvent) => {
    const video = 'video' in event ? event.video : null
    const world = worldAt(placed.get(video ?? '') ?? '')
    world.act(action, 'comfyui')?.catch(() => {})
  }
  return (event) => {
    if (event.kind === 'video-placed') placed.set(event.video, event.server)
    const due = plan.due([anchorOf(event, jobsBefore)], can.event)
    for (const fault of due) if (!fault.after) perform(fault, event)
    emit(event)
    for (const fault of due) if (fault.after) perform(fault, event)
  }
}

function anchorOf(event: RunEvent, jobsBefore: ReadonlyMap<string, number>): Anchor {
  const job = 'workflow' in event ? (jobsBefore.get(event.video) ?? 0) + event.workflow : null
  return { kind: 'event', event: event.kind, job, chunk: 'chunk' in event ? event.chunk : null }
}
