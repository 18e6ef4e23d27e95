import type { EmitRunEvent, RunEvent } from '../../domain/run-event.ts'
import { can } from './can.ts'
import type { Due, FaultPlan } from './fault-plan.ts'
import type { Anchor } from './grammar/anchors.ts'
import type { World } from './world.ts'

/**
 * How a run tells its events, with the faults that happen before one is told or after. `jobsBefore` counts the jobs of the
 * run's videos before this one: a fault numbers jobs through the run, as the plan does.
 */
export function faultyEvents(
  emit: EmitRunEvent,
  { plan, world }: { plan: FaultPlan; world: World },
  jobsBefore: ReadonlyMap<string, number>,
): EmitRunEvent {
  const perform = ({ do: action }: Due) => void world.act(action, 'comfyui')?.catch(() => {})
  return (event) => {
    const due = plan.due([anchorOf(event, jobsBefore)], can.event)
    for (const fault of due) if (!fault.after) perform(fault)
    emit(event)
    for (const fault of due) if (fault.after) perform(fault)
  }
}

function anchorOf(event: RunEvent, jobsBefore: ReadonlyMap<string, number>): Anchor {
  const job = 'workflow' in event ? (jobsBefore.get(event.video) ?? 0) + event.workflow : null
  return { kind: 'event', event: event.kind, job, chunk: 'chunk' in event ? event.chunk : null }
}
