import { writtenPlan } from '../domain/plan.ts'
import { filesOf, type JobResult, type RunEvent } from '../domain/run-event.ts'
import { readEvent } from './event-schema.ts'

/** The event of a line. Throws a SyntaxError for what is not JSON, and another error for what is no event. */
export function eventOf(line: string): RunEvent {
  return readEvent(JSON.parse(line))
}

/** An event as its line in the journal. */
export function lineOf(event: RunEvent): string {
  // JSON leaves these as they are, and whoever prints a journal would obey them.
  return JSON.stringify(writtenEvent(event)).replace(/[\x7f-\x9f]|\p{Bidi_Control}/gu, escaped)
}

const escaped = (letter: string) => `\\u${letter.charCodeAt(0).toString(16).padStart(4, '0')}`

function writtenEvent(event: RunEvent): object {
  if (event.kind === 'video-started') return { ...event, plan: writtenPlan(event.plan) }
  const hasResult = event.kind === 'job-finished' || event.kind === 'job-taken'
  return hasResult ? { ...event, result: writtenResult(event.result) } : event
}

/** A result in a journal: `outputs` on the server, `files` here and their `digests`, all by role. */
function writtenResult(result: JobResult) {
  const files = filesOf(result)
  const digests = files.flatMap(([role, { digest }]) => (digest ? [[role, digest]] : []))
  return {
    promptId: result.promptId,
    outputs: Object.fromEntries(files.map(([role, { server }]) => [role, server])),
    files: Object.fromEntries(files.flatMap(([role, { copy }]) => (copy === null ? [] : [[role, copy]]))),
    ...(digests.length > 0 && { digests: Object.fromEntries(digests) }),
    tookMs: result.tookMs,
  }
}
