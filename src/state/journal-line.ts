import { crc32c } from '../domain/crc32c.ts'
import { writtenPlan } from '../domain/plan.ts'
import { filesOf, type JobResult, type RunEvent } from '../domain/run-event.ts'
import { readEvent } from './event-schema.ts'

/** A line whose checksum is that of another one. */
export class DamagedLine extends Error {}

/**
 * The event of a line. Lines that were written before there were checksums have none. Throws a SyntaxError for what is not JSON, a
 * DamagedLine for one that is not as it was written, and another error for what is no event.
 */
export function eventOf(line: string): RunEvent {
  const [, json, check] = CHECKED.exec(line) ?? []
  if (json === undefined) return readEvent(JSON.parse(line))
  if (checkOf(`${json}}`) !== check) throw new DamagedLine()
  return readEvent(JSON.parse(`${json}}`))
}

/** An event as its line in the journal, with the checksum that tells whether it is as it was written. */
export function lineOf(event: RunEvent): string {
  // JSON leaves these as they are, and whoever prints a journal would obey them.
  return checked(JSON.stringify(writtenEvent(event)).replace(/[\x7f-\x9f]|\p{Bidi_Control}/gu, escaped))
}

/** A line from which something is taken out, with a checksum of its own; one that was damaged stays so. */
export function redactedLine(line: string, redact: (json: string) => string): string {
  const [, json, check] = CHECKED.exec(line) ?? []
  if (json === undefined || checkOf(`${json}}`) !== check) return redact(line)
  const left = redact(`${json}}`)
  return left === `${json}}` ? line : checked(left)
}

function checked(json: string): string {
  return `${json.slice(0, -1)},"${LINE_CHECK}":"${checkOf(json)}"}`
}

/** The member of a line that has its checksum; it comes last. */
export const LINE_CHECK = 'lineCrc32c'

const CHECKED = new RegExp(`^(.*),"${LINE_CHECK}":"([^"]*)"\\}$`, 's')

/** CRC-32C of a line without its own checksum, in hexadecimal digits. */
function checkOf(json: string): string {
  return crc32c(Buffer.from(json)).toString(16).padStart(8, '0')
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
    ...(result.phases && { phases: result.phases }),
  }
}
