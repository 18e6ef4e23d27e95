import type { PromptEvent } from '../clients/clients.ts'
import { excusedLine } from './excused-line.ts'
import { UNREAD } from './seen-files.ts'

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
    case 'look':
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

/** All that is told of a prompt that was to be interrupted and had ended: a race, whose course says nothing. */
export const TOO_LATE = 'ended before it could be interrupted'

/** How two logs differ, in words. */
export interface LogDifferences {
  /** Where they part; null when nothing is left to refuse. */
  readonly first: string | null
  /** Lines that are not the same, and need not be. */
  readonly excused: readonly string[]
}

/**
 * Compares what a client got to see. Branches of a workflow with several outputs run in the order of a Python set, so
 * their lines are compared in any order. `madeUp` names the classes whose part in what a node gives is not simulated: its
 * files and values may differ. Where it names none, a difference counts.
 */
export function logDifferences(
  live: readonly StepLog[],
  replayed: readonly StepLog[],
  madeUp: (step: number, node: string) => readonly string[] = () => [],
): LogDifferences {
  const excused: string[] = []
  for (const [index, { step, lines }] of live.entries()) {
    const hasEnded = [lines, replayed[index]?.lines ?? []].map(([line]) => line === TOO_LATE)
    if (hasEnded[0] !== hasEnded[1]) {
      excused.push(`${step}: the ${hasEnded[0] ? 'server' : 'replay'} was done before it could be interrupted`)
      continue
    }
    const hasBranches = lines.filter((line) => line.startsWith('output of ')).length > 1
    const [these, others] = [lines, replayed[index]?.lines ?? []].map((each) => {
      const told = withoutMiddle(each)
      return hasBranches ? told.toSorted() : told
    })
    for (const [number, line] of these!.entries()) {
      const other = others![number]
      if (agrees(line, other)) continue
      const excuse = excusedLine(line, other, (node) => madeUp(index, node))
      const difference = `${step}: the server said ${quoted(line)}, the replay ${quoted(other)}`
      if (excuse === null) return { first: difference, excused }
      excused.push(`${difference}; ${excuse}`)
    }
    if (others!.length > these!.length)
      return { first: `${step}: the replay also said ${quoted(others![these!.length])}`, excused }
  }
  const first = live.length === replayed.length ? null : `${live.length} steps became ${replayed.length}`
  return { first, excused }
}

const PROGRESS = /^progress of (\S+): (\S+) of (\S+)$/

/**
 * Of a node's progress only the first and the last value: newer servers leave out what comes too soon after another, which
 * is a matter of how fast they are.
 */
function withoutMiddle(lines: readonly string[]): string[] {
  const begun = new Set<string>()
  return lines.filter((line) => {
    const [, node, value, max] = PROGRESS.exec(line) ?? []
    if (node === undefined || value === max || !begun.has(node)) {
      if (node !== undefined) begun.add(node)
      return true
    }
    return false
  })
}

/** What a client can rely on in a file that it was given; `facts` may differ where the simulator only makes the file up. */
export function fileLine(name: string, node: string, facts: string): string {
  return `file ${name} of ${node}: ${facts}`
}

/**
 * A file in a format that is not read here (a WEBM film, a sound) agrees with whatever the replay has made in its
 * place.
 */
function agrees(live: string, replayed: string | undefined): boolean {
  return live === replayed || (live.endsWith(`: ${UNREAD}`) && !!replayed?.startsWith(live.slice(0, -UNREAD.length)))
}

/** A line as a message can show it: the text of a node may have megabytes. */
const quoted = (line = '') => (line.length > 300 ? `"${line.slice(0, 300)}…"` : `"${line}"`)
