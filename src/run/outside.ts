import type { createClients } from '../clients/create-clients.ts'
import type { Pace } from '../domain/pace.ts'
import type { EmitRunEvent } from '../domain/run-event.ts'

/** What is outside of a live run, where that is not the world itself: a sweep puts runs into simulated ones. */
export interface Outside {
  /** A simulated world needs nothing of what this machine may lack. */
  readonly isReal: boolean
  readonly now: () => number
  readonly clients: Omit<Parameters<typeof createClients>[1], 'clientId'>
  /** How who works with one of several servers waits; missing: as everybody else. */
  readonly paceOf?: (address: string) => Pace
  /** Puts something around what the run tells of itself. */
  readonly events: (emit: EmitRunEvent, jobsBefore: ReadonlyMap<string, number>) => EmitRunEvent
}
