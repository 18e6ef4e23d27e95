import { type Job, jobsOf, type Plan } from '../plan.ts'
import type { JobResult, RunEvent } from '../run-event.ts'
import { sizeOf } from './film-time.ts'
import { forwardOf, forwardsOf, tokensOf } from './forward.ts'
import type { Costs } from './profile.ts'
import { median, type TimedForwards } from './rates.ts'
import type { Span } from './span.ts'

/** What a run tells of the times of its machine. */
export interface OwnTimes {
  /** As its server named it; null: nobody has written it down. */
  readonly gpu: string | null
  readonly dryRun: boolean
  readonly steps: readonly TimedForwards[]
  /** In the units of `Costs`. */
  readonly costs: Readonly<Record<keyof Costs, readonly number[]>>
}

/** Gathers the times of one run from its events. `vace`: whether its templates rendered with VACE. */
export function gatherTimes(vace: boolean): { see(event: RunEvent): void; times(): OwnTimes } {
  const videos = new Map<string, { plan: Plan; jobs: readonly Job[] }>()
  /** By server, where there are several. */
  const loaded = new Set<string>()
  const placed = new Map<string, string>()
  const steps: TimedForwards[] = []
  const costs: Record<keyof Costs, number[]> = {
    text: [],
    coldLoad: [],
    warmLoad: [],
    decode: [],
    combine: [],
    transfer: [],
  }
  const run = { gpu: null as string | null, dryRun: false, starts: 0, startedAt: 0, servedMs: 0, isSmooth: true }
  // A plan of a journal may say anything.
  const note = (of: keyof Costs, seconds: number) => {
    if (Number.isFinite(seconds) && seconds >= 0) costs[of].push(seconds)
  }

  const finished = (plan: Plan, job: Job, { tookMs, phases }: JobResult, place = '') => {
    run.servedMs += tookMs
    if (job.kind === 'combine') return note('combine', tookMs / 1_000 / (job.filmFrames * megapixels(plan)))
    const model = job.kind === 'high' ? plan.models.highModel : plan.models.lowModel
    const isLoaded = loaded.has(`${place} ${model}`)
    loaded.add(`${place} ${model}`)
    if (!phases) return
    const size = sizeOf(plan, job, vace)
    const seconds = phases.steps.ms / 1_000
    const forward = forwardOf(size)
    if (forward.linear > 0 && seconds > 0)
      steps.push({ forward, forwards: forwardsOf(phases.steps.count, plan.cfg), seconds })
    note(isLoaded ? 'warmLoad' : 'coldLoad', phases.load / 1_000)
    if (job.kind === 'high' && job.chunk.number === 1) note('text', phases.text / 1_000)
    if (job.kind === 'low') note('decode', phases.decode / tokensOf(size))
  }
  /** What is left of a run that nothing has held up, beside what its server did. */
  const ended = (at: number) => {
    const pixels = [...videos.values()].reduce((sum, { plan }) => sum + plan.totalFrames * megapixels(plan), 0)
    if (run.isSmooth && run.starts === 1) note('transfer', (at - run.startedAt - run.servedMs) / 1_000 / pixels)
  }
  return {
    see(event) {
      if (event.kind === 'run-started') {
        const { dryRun, at: startedAt } = event
        Object.assign(run, { dryRun, startedAt, servedMs: 0, starts: run.starts + 1 })
        loaded.clear()
      }
      if (event.kind === 'server') run.gpu = event.gpu
      if (event.kind === 'video-placed') {
        placed.set(event.video, event.server)
        // What several do at a time shows not in how long the run took.
        run.isSmooth = false
      }
      if (event.kind === 'video-started' && isWhole(event.plan))
        videos.set(event.video, { plan: event.plan, jobs: jobsOf(event.plan) })
      if (event.kind === 'job-failed' || event.kind === 'job-taken') run.isSmooth = false
      if (event.kind === 'job-finished') {
        const { plan, jobs } = videos.get(event.video) ?? {}
        const job = jobs?.[event.workflow - 1]
        if (plan && job) finished(plan, job, event.result, placed.get(event.video))
      }
      if (event.kind === 'run-finished' && event.ok) ended(event.at)
    },
    times: () => ({ gpu: run.gpu, dryRun: run.dryRun, steps, costs }),
  }
}

/** Costs as several runs had them, from the least to the most; what none tells is as it is known otherwise. */
export function ownCosts(runs: readonly OwnTimes[], otherwise: Costs): Costs {
  const span = <Otherwise extends Span | null>(of: keyof Costs, known: Otherwise): Span | Otherwise => {
    const values = runs.flatMap(({ costs }) => costs[of])
    const mid = median(values)
    if (mid === null) return known
    return { low: values.reduce((a, b) => Math.min(a, b)), mid, high: values.reduce((a, b) => Math.max(a, b)) }
  }
  return {
    text: span('text', otherwise.text),
    coldLoad: span('coldLoad', otherwise.coldLoad),
    warmLoad: span('warmLoad', otherwise.warmLoad),
    decode: span('decode', otherwise.decode),
    combine: span('combine', otherwise.combine),
    transfer: span('transfer', otherwise.transfer),
  }
}

function isWhole({ width, height, totalFrames, cfg, models }: Plan): boolean {
  return [width, height, totalFrames, cfg].every(Number.isFinite) && typeof models === 'object' && models !== null
}

const megapixels = ({ width, height }: Plan) => (width * height) / 1e6
