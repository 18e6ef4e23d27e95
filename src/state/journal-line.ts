import { readPlan, writtenPlan } from '../domain/plan.ts'
import type { RunEvent } from '../domain/run-event.ts'

/** An event as its line in the journal. */
export function lineOf(event: RunEvent): string {
  return JSON.stringify(event.kind === 'video-started' ? { ...event, plan: writtenPlan(event.plan) } : event)
}

/** The event of a line. Throws a SyntaxError for what is not JSON, and another error for what is no event. */
export function eventOf(line: string): RunEvent {
  const event = JSON.parse(line)
  if (event.kind !== 'video-started') return event
  const plan = readPlan(event.plan)
  if (!plan) throw new Error('a chunk lacks a pass')
  return { ...event, plan }
}
