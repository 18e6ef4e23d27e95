import { type Job, jobsOf, type Plan } from '../domain/plan.ts'
import { type Price, priceText } from '../domain/price.ts'
import type { EmitRunEvent, RunEvent } from '../domain/run-event.ts'
import { durationText } from '../domain/wording.ts'
import { isEndSaid } from '../state/run-state.ts'
import { isCancelled } from './cancel-prompts.ts'
import { promptsToCancel } from './resume-decision.ts'
import { type RunContext, warn } from './run-context.ts'

/** The prompts of a run whose end it has not seen. */
export interface OpenPrompts {
  readonly emit: EmitRunEvent
  /** Whether one that this run has sent or taken over may be waiting or running. */
  any(): boolean
  /** Those of one film. */
  of(video: string): readonly string[]
  /** One was seen to have ended, because the run has cancelled it. */
  ended(promptId: string): void
  /** Says of each what it was for, since when, and what that costs; and of the pod that it goes on costing. */
  left(now: number): readonly string[]
  /** Warns of each, and says how to go on. */
  tell(context: RunContext): void
}

interface Sent {
  readonly promptId: string
  readonly video: string
  readonly workflow: number
  /** Null: an earlier part of the run has sent it. */
  readonly at: number | null
}

/** Reads along with the run. A prompt that was cancelled counts as long as the server has not obeyed. */
export function watchPrompts({ emit, earlier }: RunContext, plans: readonly Plan[]): OpenPrompts {
  const open = new Map<string, Sent>()
  const ends = new Set(promptsToCancel(plans, earlier).map(({ promptId }) => promptId))
  for (const [video, left] of Object.entries(earlier?.videos ?? {}))
    for (const [workflow, { promptId }] of Object.entries(left.open))
      if (!ends.has(promptId)) open.set(promptId, { promptId, video, workflow: Number(workflow), at: null })
  /** Where films are, of several servers. */
  const placed = new Map<string, string>()
  for (const [video, { server }] of Object.entries(earlier?.videos ?? {})) if (server) placed.set(video, server)
  const jobs = new Map<string, readonly Job[]>(plans.map((plan) => [plan.videoName, jobsOf(plan)]))
  let price: Price | null = null
  let podId: string | null = null
  const close = (event: { readonly video: string; readonly workflow: number }) => {
    for (const [promptId, { video, workflow }] of open)
      if (video === event.video && workflow === event.workflow) open.delete(promptId)
  }
  const see = (event: RunEvent) => {
    if (event.kind === 'price') price = event.price
    if (event.kind === 'video-placed') placed.set(event.video, event.server)
    if (event.kind === 'pod') podId = event.action === 'stopped' ? null : event.podId
    if (event.kind === 'job-started' || event.kind === 'job-adopted') {
      const { promptId, video, workflow } = event
      const at = open.get(promptId)?.at ?? event.at
      close(event)
      open.set(promptId, { promptId, video, workflow, at })
    }
    if (event.kind === 'job-ended' || event.kind === 'job-finished') close(event)
    if (event.kind === 'job-failed' && (isEndSaid(event.code) || (isCancelled(event.code) && !event.disobeys)))
      close(event)
  }
  const texts = (now: number) =>
    [...open.values()].map(({ promptId, video, workflow, at }) => {
      const job = jobs.get(video)?.find(({ workflowNumber }) => workflowNumber === workflow)
      const what = job ? ` (${job.kind}, chunk ${job.chunk.number} of ${video})` : ` of ${video}`
      const since = at === null ? '' : ` since ${new Date(at).toISOString().slice(0, 19)}Z (${durationText(now - at)})`
      const server = placed.get(video)
      const where = server === undefined ? '' : ` on ${server}`
      // The price is that of all servers, and each prompt keeps but one of them busy.
      const cost =
        price === null ? '' : `; ${server === undefined ? 'that costs' : 'all servers cost'} ${priceText(price)}`
      return `Prompt ${promptId} of job ${workflow}${what} may still be waiting or running${where}${since}${cost}`
    })
  return {
    emit(event) {
      see(event)
      emit(event)
    },
    any: () => [...open.values()].some(({ at }) => at !== null),
    of: (film) =>
      [...open.values()].flatMap(({ promptId, video, at }) => (video === film && at !== null ? [promptId] : [])),
    ended: (promptId) => void open.delete(promptId),
    left: (now) => [
      ...texts(now),
      ...(podId === null ? [] : [`Pod ${podId} goes on costing${price === null ? '' : ` ${priceText(price)}`}`]),
    ],
    tell(context) {
      for (const text of texts(context.now())) warn(context, text)
      const { resumeCommand } = context
      if (open.size > 0 && resumeCommand !== null)
        warn(context, `To go on with it instead of paying for it twice:\n    ${resumeCommand}`)
    },
  }
}
