import { counted } from '../../domain/wording.ts'
import { PromptRunnerError } from '../../errors.ts'
import { type Action, type ActionKind, actionTexts } from './grammar/actions.ts'
import type { Anchor, AnchorKind } from './grammar/anchors.ts'
import { applies } from './grammar/applies.ts'
import { type Fault, isBelow } from './grammar/fault.ts'
import { ordinal, printAnchor, printFault } from './grammar/print-fault.ts'

/** A fault that is to happen now. */
export interface Due {
  readonly do: Action
  readonly after: boolean
  /** Its words and how often it has happened: what is random about it follows from this. */
  readonly seed: string
}

/** What became of a fault. */
export interface FaultReport {
  /** In canonical spelling. */
  readonly fault: string
  readonly times: number
  /** At what, and when in epoch milliseconds of the run's clock; the first of them only. */
  readonly at: ReadonlyArray<{ readonly what: string; readonly time: number }>
}

/** Says at each thing that happens which faults belong there, and counts them. */
export interface FaultPlan {
  /**
   * What is due at something that was seen, which may go by several names. `can` are the actions that the caller can do;
   * only faults with one of these are asked. `sent` bytes of an upload will have come with it.
   */
  due(seen: readonly Anchor[], can: readonly ActionKind[], sent?: number): Due[]
  report(): FaultReport[]
  /** PR_FAULT_UNUSED for each fault that never happened. */
  problems(): PromptRunnerError[]
}

const MOST_TOLD = 20
const MOST_REMEMBERED = 20_000

/** A plan in which nothing has happened yet. `onSeen` is told of all that happens, whether a fault waits for it or not. */
export function openFaultPlan(
  faults: readonly Fault[],
  now: () => number,
  onSeen: (anchors: readonly Anchor[]) => void = () => {},
): FaultPlan {
  const states = faults.map((fault) => ({ fault, seen: 0, times: 0, at: [] as Array<FaultReport['at'][number]> }))
  /** Every anchor that was seen, as it is written. */
  const written = new Set<string>()
  return {
    due(seen, can, sent = Number.POSITIVE_INFINITY) {
      if (written.size < MOST_REMEMBERED) for (const anchor of seen) written.add(printAnchor(briefly(anchor)))
      onSeen(seen.map(briefly))
      return states.flatMap((state) => {
        const { fault } = state
        if (!can.includes(fault.do.kind) || ('sent' in fault.do && (fault.do.sent ?? 0) > sent)) return []
        const anchor = seen.find((one) => fits(fault.at, one))
        if (!anchor) return []
        state.seen += 1
        if (state.seen < fault.nth || (fault.times !== 'always' && state.times >= fault.times)) return []
        state.times += 1
        if (state.at.length < MOST_TOLD) state.at.push({ what: printAnchor(briefly(anchor)), time: now() })
        return [{ do: fault.do, after: fault.after, seed: `${printFault(fault)} ${state.times}` }]
      })
    },
    report: () => states.map(({ fault, times, at }) => ({ fault: printFault(fault), times, at })),
    problems: () =>
      states.filter(({ times }) => times === 0).map(({ fault, seen }) => neverHappened(fault, seen, written)),
  }
}

/** Whether what was seen is what a fault waits for: all that it names is equal, and a path may go on. */
function fits(wanted: Anchor, seen: Anchor): boolean {
  if (wanted.kind !== seen.kind) return false
  return Object.entries(wanted).every(([key, value]) => {
    const there = (seen as unknown as Record<string, unknown>)[key]
    if (value === null || value === there) return true
    return key === 'path' && isBelow(String(there), String(value))
  })
}

/** Without the ids and names of a path, which no fault is aimed at. */
function briefly(anchor: Anchor): Anchor {
  return anchor.kind === 'request' ? { ...anchor, path: anchor.path.split('/').slice(0, 2).join('/') } : anchor
}

function neverHappened(fault: Fault, seen: number, written: ReadonlySet<string>): PromptRunnerError {
  const anchor = printAnchor(fault.at)
  const sentence = `the fault '${printFault(fault)}' never happened`
  if (seen > 0) {
    const why = `"${anchor}" was seen ${counted(seen, 'time')}, and it begins at the ${ordinal(fault.nth)}`
    return new PromptRunnerError('PR_FAULT_UNUSED', `${sentence}: ${why}`)
  }
  const near = nearestOf(anchor, written)
  return new PromptRunnerError('PR_FAULT_UNUSED', `${sentence}: nothing was seen at "${anchor}"`, {
    hint: near === null ? 'nothing like it was seen' : `the nearest that was seen is "${near}"`,
  })
}

/** The one with most words in common, and of these the one whose numbers are nearest; null when no word is in common. */
function nearestOf(anchor: string, all: ReadonlySet<string>): string | null {
  const common = (text: string) => {
    const words = wordsOf(text)
    return wordsOf(anchor).filter((word) => words.includes(word)).length
  }
  const distance = (text: string) => {
    const [there, wanted] = [numbersOf(text), numbersOf(anchor)]
    return wanted.reduce((sum, number, index) => sum + Math.abs(number - (there[index] ?? 0)), 0)
  }
  const [best] = [...all].toSorted((a, b) => common(b) - common(a) || distance(a) - distance(b))
  return best !== undefined && common(best) > 0 ? best : null
}

/** What every second anchor has in it says nothing. */
const wordsOf = (text: string) => text.split(' ').filter((word) => !/^(?:\d+|of|job)$/.test(word))

const numbersOf = (text: string) => Array.from(text.matchAll(/\d+/g), Number)

const kinds = Object.keys(actionTexts) as ActionKind[]
const at = (...anchors: AnchorKind[]) =>
  kinds.filter((kind) => anchors.some((anchor) => applies[kind].at.includes(anchor)))

/** What is done to the frames of sockets. Messages have other faults, too, which happen in the server. */
const FRAMES: readonly ActionKind[] = ['drop', 'duplicate', 'reorder', 'garbage', 'close', 'silence']

/** Who can do which actions. */
export const can = {
  request: at('request', 'reference', 'session', 'part', 'lastPart', 'check', 'storage', 'pod'),
  socket: at('socket'),
  frame: FRAMES,
  server: at('message', 'step', 'node', 'end').filter((kind) => !FRAMES.includes(kind)),
  program: at('program', 'filmProgram'),
  event: at('event'),
  write: at('write'),
} as const
