import { type Job, jobsOf, type Plan, type RenderJob } from '../plan.ts'
import { type Forward, forwardOf, forwardsOf, type PassSize, tokensOf } from './forward.ts'
import type { Costs } from './profile.ts'
import { type Rates, secondsAt } from './rates.ts'
import { around, nothing, plus, type Span, type Spread, times } from './span.ts'

/** How fast something renders, and how sure that is. */
export interface Machine {
  readonly rates: Rates
  readonly spread: Spread
  readonly costs: Costs
}

/** Where the seconds of films go; null: nobody knows. */
export type Phases = Readonly<Record<'load' | 'text' | 'sampling' | 'decode' | 'combine', Span>> & {
  readonly transfer: Span | null
}

/** What is to be rendered with what. */
export interface FilmWork {
  readonly plans: readonly Plan[]
  /** Whether the templates render with VACE. */
  readonly vace: boolean
  readonly isToDo: (job: Job, plan: Plan) => boolean
}

/** Where the time of films goes on a machine. */
export function phasesOf({ plans, vace, isToDo }: FilmWork, { rates, spread, costs }: Machine): Phases {
  const loaded = new Set<string>()
  const pass = passes(vace)
  let phases: Omit<Phases, 'transfer'> = {
    load: nothing,
    text: nothing,
    sampling: nothing,
    decode: nothing,
    combine: nothing,
  }
  let film = 0
  for (const plan of plans) {
    const pixels = (plan.width * plan.height) / 1e6
    const jobs = jobsOf(plan).filter((job) => isToDo(job, plan))
    let [load, sampling, tokens, combined] = [nothing, 0, 0, 0]
    for (const job of jobs) {
      if (job.kind === 'combine') {
        combined += job.filmFrames * pixels
        continue
      }
      const { forward, size } = pass(plan, job)
      sampling += secondsAt(rates, forward, forwardsOf(stepsOf(plan, job), plan.cfg))
      if (job.kind === 'low') tokens += tokensOf({ ...size, references: 0 })
      const model = job.kind === 'high' ? plan.models.highModel : plan.models.lowModel
      load = plus(load, loaded.has(model) ? costs.warmLoad : costs.coldLoad)
      loaded.add(model)
    }
    if (jobs.length > 0) film += plan.totalFrames * pixels
    phases = {
      load: plus(phases.load, load),
      text: plus(phases.text, sampling > 0 ? costs.text : nothing),
      sampling: plus(phases.sampling, around(sampling, spread)),
      decode: plus(phases.decode, times(costs.decode, tokens / 1_000)),
      combine: plus(phases.combine, times(costs.combine, combined)),
    }
  }
  return { ...phases, transfer: costs.transfer && times(costs.transfer, film) }
}

/** All of it together; what nobody knows counts for nothing. Phases do not err together: the squares of their errors add up. */
export function totalOf({ transfer, ...known }: Phases): Span {
  const spans = [...Object.values(known), transfer ?? nothing]
  const mid = spans.reduce((sum, span) => sum + span.mid, 0)
  const error = (of: (span: Span) => number) => Math.sqrt(spans.reduce((sum, span) => sum + of(span) ** 2, 0))
  return { low: mid - error((span) => span.mid - span.low), mid, high: mid + error((span) => span.high - span.mid) }
}

/** The steps of a pass. */
export function stepsOf({ steps, switchStep }: Pick<Plan, 'steps' | 'switchStep'>, { kind }: RenderJob): number {
  return kind === 'high' ? switchStep : steps - switchStep
}

/** The size of a pass: with VACE a reference picture is one more latent frame. */
export function sizeOf(plan: Plan, { chunk }: RenderJob, vace: boolean): PassSize {
  const hasReference = chunk.referenceFrame !== null || (chunk.number === 1 && plan.referenceImage !== null)
  const { width, height } = plan
  return { width, height, frames: chunk.renderFrames, references: vace && hasReference ? 1 : 0, vace }
}

/** A film has thousands of passes, of two or three sizes. */
function passes(vace: boolean): (plan: Plan, job: RenderJob) => { size: PassSize; forward: Forward } {
  const known = new Map<string, { size: PassSize; forward: Forward }>()
  return (plan, job) => {
    const size = sizeOf(plan, job, vace)
    const key = `${size.width} ${size.height} ${size.frames} ${size.references}`
    const pass = known.get(key) ?? { size, forward: forwardOf(size) }
    known.set(key, pass)
    return pass
  }
}
