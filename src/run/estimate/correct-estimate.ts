import { readProfiles } from '../../config/read-profiles.ts'
import { type Basis, timedBasis } from '../../domain/estimate/basis.ts'
import { type Estimate, estimateOf } from '../../domain/estimate/estimate.ts'
import { estimateFacts } from '../../domain/estimate/estimate-data.ts'
import { type FilmWork, sizeOf } from '../../domain/estimate/film-time.ts'
import { forwardOf, forwardsOf } from '../../domain/estimate/forward.ts'
import { type Costs, usualRatio } from '../../domain/estimate/profile.ts'
import { around } from '../../domain/estimate/span.ts'
import { type Job, jobsOf, type Plan } from '../../domain/plan.ts'
import type { EmitRunEvent, RunEvent } from '../../domain/run-event.ts'
import { stepPace } from '../../domain/step-pace.ts'

/** A measured step is nearly all there is to know: what is left is how sizes differ. */
const MEASURED = { low: 0.95, high: 1.08 }

/** Passes events on, and after the second step of the first pass that has two an estimate by their pace. `before`: what was estimated until then. */
export function correctEstimate(
  emit: EmitRunEvent,
  { work, before, gpu, now }: { work: FilmWork; before: Estimate | null; gpu: string; now: () => number },
): EmitRunEvent {
  let pace = stepPace()
  let isDone = false
  let [startedAt, firstAt] = [0, 0]
  const jobs = new Map<string, { plan: Plan; jobs: readonly Job[] }>()
  const correct = ({ video, workflow }: Extract<RunEvent, { kind: 'job-progress' }>) => {
    const stepMs = pace.step()
    const { plan, jobs: all } = jobs.get(video) ?? {}
    const job = all?.[workflow - 1]
    if (stepMs === null || !plan || !job || job.kind === 'combine') return
    isDone = true
    const size = sizeOf(plan, job, work.vace)
    const step = { forward: forwardOf(size), forwards: forwardsOf(1, plan.cfg), seconds: stepMs / 1_000 }
    const load = Math.max(0, firstAt - startedAt - stepMs) / 1_000
    const basis = stepBasis([step], { before, gpu, load })
    if (basis) emit({ kind: 'estimate', at: now(), ...estimateFacts(estimateOf(work, basis)) })
  }
  return (event) => {
    emit(event)
    if (isDone) return
    if (event.kind === 'video-started') jobs.set(event.video, { plan: event.plan, jobs: jobsOf(event.plan) })
    if (event.kind === 'job-started') {
      pace = stepPace()
      startedAt = event.at
      firstAt = 0
    }
    if (event.kind !== 'job-progress' || event.of < 1) return
    if (firstAt === 0) firstAt = event.at
    pace.see({ node: event.node, value: event.step, max: event.of }, event.at)
    correct(event)
  }
}

/** `load`: seconds until the first step, without it; the next loads take as long, as far as each is the first of its model. */
function stepBasis(
  steps: Parameters<typeof timedBasis>[0],
  { before, gpu, load }: { before: Estimate | null; gpu: string; load: number },
): Basis | null {
  const known = { from: 'this run' as const, gpu, name: 'by the steps of this run', spread: MEASURED }
  if (before) {
    const { rates, costs } = before.basis
    return timedBasis(steps, { ...known, costs: withLoad(costs, load), ratio: rates.attention / rates.linear })
  }
  const { profiles, costs } = readProfiles()
  return timedBasis(steps, { ...known, costs: withLoad(costs, load), ratio: usualRatio(profiles, costs) })
}

/** What is loaded again from memory never takes longer than from the disk. */
function withLoad(costs: Costs, load: number): Costs {
  const { warmLoad } = costs
  return {
    ...costs,
    coldLoad: around(load, AS_ONCE),
    warmLoad: load < warmLoad.mid ? around(load, AS_ONCE) : warmLoad,
  }
}

/** One load is no measure of another to the second. */
const AS_ONCE = { low: 0.8, high: 1.2 }
