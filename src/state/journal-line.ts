import type { RunEvent } from '../domain/run-event.ts'
import { readEvent } from './event-schema.ts'

/** The event of a line. Throws a SyntaxError for what is not JSON, and another error for what is no event. */
export function eventOf(line: string): RunEvent {
  return readEvent(JSON.parse(line))
}
