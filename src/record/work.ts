import { randomUUID } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { basename } from 'node:path'
import type { Clients } from '../clients/clients.ts'
import type { Graph } from '../domain/graph.ts'
import type { StepLog } from './event-log.ts'
import type { Sent } from './exchange-changes.ts'
import { runSteps } from './run-steps.ts'
import type { Step } from './steps.ts'

/** What a recording is made of. It is done twice, on the live servers and on the replay. */
export interface Work {
  /** What is done, for a person. Empty: free questions only. */
  readonly names: readonly string[]
  /** What is known of it before it is done, in the order in which it is sent. */
  readonly sends: readonly Sent[]
  /** Share of the recorded time that a replay takes. */
  readonly speed: number
  /** Gives what the clients got to see. `folder` gets what is downloaded. */
  run(clients: Clients, folder: string, signal: AbortSignal): Promise<StepLog[]>
}

/** At the pace of the recorded server, for an interrupt needs time. */
export function workOfSteps(steps: readonly Step[]): Work {
  return {
    names: steps.map(({ name }) => name),
    sends: steps.map((step) =>
      step.kind === 'workflow' ? step : { kind: 'upload', name: basename(step.path), bytes: readFileSync(step.path) },
    ),
    speed: 1,
    run: (clients, folder, signal) =>
      steps.length === 0
        ? Promise.resolve([])
        : runSteps(steps, { client: clients.comfyui, run: randomUUID(), folder, signal }),
  }
}

/** The workflows that are sent, without the steps that send none. */
export function graphsIn({ sends }: Work): Graph[] {
  return sends.flatMap((sent) => (sent.kind === 'workflow' ? [sent.graph] : []))
}

/** Classes that the graphs use. */
export function classesIn(work: Work): string[] {
  const nodes = graphsIn(work).flatMap((graph) => Object.values(graph))
  return [...new Set(nodes.map((node) => node.class_type))].toSorted()
}
