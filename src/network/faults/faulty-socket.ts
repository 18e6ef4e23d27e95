import { timeLimits } from '../../domain/pace.ts'
import type { SimulatedService, SocketEnd } from '../../simulators/simulator.ts'
import { onWire } from '../wire/on-wire.ts'
import { noise, statusAnswer } from './answers.ts'
import { can, type Due } from './fault-plan.ts'
import type { Anchor } from './grammar/anchors.ts'
import { jsonOf, member, messageAnchors, type PromptBook } from './prompt-book.ts'
import { brokenOff, wireAct } from './wire-acts.ts'
import type { HttpFaults } from './world.ts'

/** ComfyUI's socket, with the faults that happen when it is opened and at what is said over it. */
export function faultyUpgrade(service: SimulatedService, faults: HttpFaults): NonNullable<SimulatedService['upgrade']> {
  const open = new Set<FaultyEnd>()
  return (request) => {
    const decision = service.upgrade?.(request) ?? null
    if (decision === null) return null
    const due = faults.plan.due([{ kind: 'socket' }], can.socket)
    for (const fault of due) {
      const refusal = refused(fault, service, faults)
      if (refusal) return refusal
    }
    if (typeof decision !== 'function') return decision
    return (end) => {
      const faulty = new FaultyEnd(end, open, faults)
      for (const fault of due) if (!fault.after) faulty.perform(fault)
      decision(faulty)
      for (const fault of due) if (fault.after) faulty.perform(fault)
    }
  }
}

/** What is answered instead of a socket; null when there is to be one. */
function refused(fault: Due, service: SimulatedService, faults: HttpFaults): Response | null {
  const { do: action, after } = fault
  if (action.kind === 'status') return statusAnswer(service.name, action)
  if (action.kind === 'close' || action.kind === 'silence') return null
  const act = wireAct(fault, faults, timeLimits.connection)
  if (act) return after ? null : onWire(new Response(null), act)
  faults.world.act(action, service.name)?.catch(() => {})
  return action.kind === 'refuse' || action.kind === 'restart' ? onWire(new Response(null), brokenOff) : null
}

/** The server's end of a socket. What is done at a message is done to every socket that is open. */
class FaultyEnd implements SocketEnd {
  private isSilent = false
  private held: Array<string | Uint8Array> = []
  private readonly end: SocketEnd
  private readonly all: Set<FaultyEnd>
  private readonly faults: HttpFaults

  constructor(end: SocketEnd, all: Set<FaultyEnd>, faults: HttpFaults) {
    this.end = end
    this.all = all
    this.faults = faults
    all.add(this)
    end.onClose(() => all.delete(this))
  }

  send(frame: string | Uint8Array): void {
    const due = this.faults.plan.due(anchorsOf(frame, this.faults.book), can.frame)
    for (const fault of due) if (!fault.after) this.toAll(fault)
    const kinds = due.map(({ do: { kind } }) => kind)
    const garbled = due.find(({ do: { kind } }) => kind === 'garbage')
    if (kinds.includes('reorder')) this.held.push(frame)
    else if (!kinds.includes('drop')) {
      const sent = garbled ? Buffer.from(noise(garbled.seed, 32)).toString('latin1') : frame
      for (const each of [sent, ...(kinds.includes('duplicate') ? [sent] : []), ...this.held.splice(0)]) this.pass(each)
    }
    for (const fault of due) if (fault.after) this.toAll(fault)
  }

  /** What is done to a socket as a whole. */
  perform({ do: action }: Due): void {
    if (action.kind === 'silence' || action.kind === 'hang') this.isSilent = true
    else if (action.kind === 'close' && action.code !== 1006) this.end.close(action.code)
    else if (['close', 'reset', 'noAnswer'].includes(action.kind)) this.breakOff()
  }

  close(code?: number, reason?: string): void {
    this.end.close(code, reason)
  }

  terminate(): void {
    this.end.terminate?.()
  }

  onMessage(listener: (data: string | Uint8Array) => void): void {
    this.end.onMessage(listener)
  }

  onClose(listener: (code: number, reason: string) => void): void {
    this.end.onClose(listener)
  }

  onPing(listener: (data: Uint8Array) => void): void {
    this.end.onPing?.(listener)
  }

  /** What was sent before still arrives. */
  private breakOff(): void {
    this.isSilent = true
    setImmediate(() => this.end.terminate?.())
  }

  private toAll(fault: Due): void {
    for (const end of this.all) end.perform(fault)
  }

  private pass(frame: string | Uint8Array): void {
    if (!this.isSilent) this.end.send(frame)
  }
}

function anchorsOf(frame: string | Uint8Array, book: PromptBook): Anchor[] {
  if (typeof frame !== 'string') return [{ kind: 'message', message: 'preview', job: book.current }]
  const said = jsonOf(frame)
  const [type, data] = [member(said, 'type'), member(said, 'data')]
  return typeof type === 'string' ? messageAnchors(type, data, book) : []
}
