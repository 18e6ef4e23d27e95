import type { PromptEvent } from '../clients/clients.ts'
import { durationText } from '../domain/wording.ts'
import { PromptRunnerError } from '../errors.ts'
import { type RunContext, warn } from './run-context.ts'

/** Notices when a prompt that is waited for does not move. */
export interface Silence {
  see(event: PromptEvent): void
  /** Is aborted with PR_JOB_TIMEOUT when nothing has moved for as long as the user allows. */
  readonly signal: AbortSignal
}

/** Milliseconds without news after which a prompt is worth a word: models load, the first step compiles, and decoding is one long node. */
const allowed = { waiting: 60_000, starting: 300_000, ending: 600_000, leastStep: 60_000 } as const
/** A step may take so many times as long as those before it. */
const PATIENT = 5

/** Watches one prompt. It is told at every look that it still waits or runs, and judges it by the pace that it has had so far. */
export function watchSilence(context: RunContext, where: { video: string; workflow: number }): Silence {
  const over = new AbortController()
  const { jobTimeout } = context.options
  let movedAt = context.now()
  let doing = 'nothing of it has started'
  let limit: number = allowed.starting
  let wait = 1
  let ahead: string | null = null
  /** Whether the socket tells of it. A look alone cannot tell a prompt that runs from one that hangs. */
  let isSeen = false
  let step: { readonly at: number; readonly value: number; readonly longest: number } | null = null

  const move = (what: string, allows: number) => {
    movedAt = context.now()
    doing = what
    limit = allows
    wait = 1
  }
  const progress = ({ node, value, max }: Extract<PromptEvent, { kind: 'progress' }>) => {
    if (step && step.value === value) return
    const at = context.now()
    const took = step && value > step.value ? (at - step.at) / (value - step.value) : 0
    const longest = Math.max(step && value > step.value ? step.longest : 0, took)
    step = { at, value, longest }
    const steady = longest === 0 ? allowed.starting : Math.max(allowed.leastStep, PATIENT * longest)
    const pace = longest === 0 ? '' : ` (a step took ${durationText(longest)} at most)`
    move(`node ${node} is at ${value} of ${max}${pace}`, value < max ? steady : allowed.ending)
  }
  const look = ({ state, before }: Extract<PromptEvent, { kind: 'look' }>) => {
    const first = state === 'pending' ? (before[0] ?? '') : null
    if (first !== ahead) {
      ahead = first
      if (first === null) move('it runs', allowed.starting)
      else move(`it waits behind ${before.length}, the first of them ${first}`, allowed.waiting)
    }
    const quiet = context.now() - movedAt
    const isBlind = state === 'running' && !isSeen
    if (jobTimeout !== null && quiet >= jobTimeout && !isBlind)
      return over.abort(timedOut(where.workflow, doing, quiet))
    if (quiet < limit * wait) return
    // Twice as long until the next word of the same.
    while (quiet >= limit * wait) wait *= 2
    const told = isBlind
      ? `has run for ${durationText(quiet)}: ${BLIND}${jobTimeout === null ? '' : ', and --job-timeout does not count'}`
      : `has not moved for ${durationText(quiet)}: ${doing}`
    warn(context, `job ${where.workflow} ${told}`, where.video)
  }
  return {
    signal: over.signal,
    see(event) {
      if (ofNodes.includes(event.kind)) isSeen = true
      if (event.kind === 'socket' && event.state === 'closed') isSeen = false
      if (event.kind === 'look') look(event)
      if (event.kind === 'progress') progress(event)
      if (event.kind === 'executing') {
        step = null
        move(`node ${event.node} is at work`, allowed.ending)
      }
      if (event.kind === 'started' || event.kind === 'executed') move('it runs', allowed.starting)
    },
  }
}

const BLIND = 'without the socket of ComfyUI nobody sees whether it moves'

/** What only a prompt that runs makes, and only the socket tells. */
const ofNodes: ReadonlyArray<PromptEvent['kind']> = ['started', 'cached', 'executing', 'progress', 'executed']

function timedOut(workflow: number, doing: string, quiet: number): PromptRunnerError {
  const message = `Job ${workflow} has not moved for ${durationText(quiet)}, longer than --job-timeout allows: ${doing}`
  return new PromptRunnerError('PR_JOB_TIMEOUT', message, {
    hint: 'look into the log of ComfyUI and at the load of its GPU; give a longer --job-timeout when it only needs more time',
  })
}
