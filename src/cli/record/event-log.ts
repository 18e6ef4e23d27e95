import type { PromptEvent } from '../../clients/clients.ts'
import { UNREAD } from './file-facts.ts'

/** What a client got to see of one step, without anything that differs from run to run. */
export interface StepLog {
  readonly step: string
  readonly lines: readonly string[]
}

/**
 * One event as a line; null for the number of waiting prompts and for the socket's own state, which come when they come.
 * Pictures are told by their kind: their bytes are the encoder's.
 */
export function visibleEvent(event: PromptEvent): string | null {
  switch (event.kind) {
    case 'queue':
    case 'socket':
      return null
    case 'started':
      return 'started'
    case 'cached':
      return `cached: ${[...event.nodes].toSorted().join(', ') || 'nothing'}`
    case 'executing':
      return `executing ${event.node}`
    case 'progress':
      return `progress of ${event.node}: ${event.value} of ${event.max}`
    case 'executed':
      return `executed ${event.node}: ${JSON.stringify(event.output)}`
    case 'preview':
      return `picture of ${event.node ?? 'an unnamed node'}: ${event.mimeType}`
    case 'text':
      return `text of ${event.node}: ${event.text}`
    default:
      return event satisfies never
  }
}

/** Takes out what the server draws at random or what is of its own disk: ids, the letters of temporary files, folders. */
export function visibleText(line: string, run: string): string {
  return line
    .replaceAll(run, '<run>')
    .replaceAll(/\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b/g, '<id>')
    .replaceAll(/_temp_[a-z]{5}_/g, '_temp_<letters>_')
    .replaceAll(/https?:\/\/[^/\s]+\//g, '<server>/')
    .replaceAll(/'\/[^']*?\/(input|output|temp)\//g, "'<$1>/")
}

/**
 * Where two logs part, for a message; null when they are equal. Branches of a workflow with several outputs run in the order of
 * a Python set, so their lines are compared in any order.
 */
export function firstDifference(live: readonly StepLog[], replayed: readonly StepLog[]): string | null {
  for (const [index, { step, lines }] of live.entries()) {
    const hasBranches = lines.filter((line) => line.startsWith('output of ')).length > 1
    const [these, others] = [lines, replayed[index]?.lines ?? []].map((each) => (hasBranches ? each.toSorted() : each))
    const at = these!.findIndex((line, number) => !agrees(line, others![number]))
    if (at >= 0) return `${step}: the server said ${quoted(these![at])}, the replay ${quoted(others![at])}`
    if (others!.length > these!.length) return `${step}: the replay also said ${quoted(others![these!.length])}`
  }
  return live.length === replayed.length ? null : `${live.length} steps became ${replayed.length}`
}

/** The replay's stand-in for a file that is not read (a WEBM film, a sound) is of another format, which is. */
function agrees(live: string, replayed: string | undefined): boolean {
  return live === replayed || (live.endsWith(`: ${UNREAD}`) && !!replayed?.startsWith(live.slice(0, -UNREAD.length)))
}

/** A line as a message can show it: the text of a node may have megabytes. */
const quoted = (line = '') => (line.length > 300 ? `"${line.slice(0, 300)}…"` : `"${line}"`)
