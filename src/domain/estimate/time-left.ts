import { type Job, jobsOf, type Plan } from '../plan.ts'
import type { RunEvent } from '../run-event.ts'
import { type StepPace, stepPace } from '../step-pace.ts'
import type { EstimateFacts } from './estimate-data.ts'
import { type FilmWork, sizeOf, stepsOf } from './film-time.ts'
import { forwardOf, forwardsOf, tokensOf } from './forward.ts'

/** Foretells how long a run still takes: by its estimate, its own jobs and the steps of the one that runs. */
export interface TimeLeft {
  see(event: RunEvent): void
  /** Milliseconds; null while nobody has estimated anything. */
  ms(now: number): number | null
  /** Milliseconds that a step of a film's job takes, judged by those of the node at work; null before two of them. */
  stepMs(video: string): number | null
}

/** Jobs of a kind and how long they were to take, and did. */
interface Done {
  jobs: number
  estimated: number
  took: number
}

/** Follows the events of a run of such work. */
export function timeLeft(work: FilmWork): TimeLeft {
  let seconds: Map<string, number> | null = null
  let transfer = new Map<string, number>()
  /** Servers that work side by side need less time than the work takes. */
  let share = 1
  const running = new Map<string, { readonly key: string; readonly at: number; readonly pace: StepPace }>()
  const ended = new Set<string>()
  const kinds = new Map(
    work.plans.flatMap((plan) =>
      jobsOf(plan).map((job) => [keyOf(plan.videoName, job.workflowNumber), job.kind] as const),
    ),
  )
  const done: Record<Job['kind'], Done> = { high: none(), low: none(), combine: none() }
  const estimate = (facts: EstimateFacts) => {
    seconds = jobSeconds(work, facts)
    transfer = transferSeconds(work, facts)
    const whole = Object.values(facts.phases).reduce((sum, phase) => sum + (phase?.mid ?? 0), 0)
    share = whole > 0 ? facts.seconds.mid / whole : 1
    for (const kind of ['high', 'low', 'combine'] as const) done[kind] = none()
  }
  /** How much slower than estimated; the first of each kind loads models, and tells nothing of the others. */
  const factor = (kind: Job['kind']) => {
    const { jobs, estimated, took } = done[kind]
    return jobs > 1 && estimated > 0 ? took / estimated : 1
  }
  const finish = (key: string, tookMs: number | null) => {
    const kind = kinds.get(key)
    const estimated = seconds?.get(key)
    if (kind && estimated !== undefined && tookMs !== null && !ended.has(key)) {
      const so = done[kind]
      so.jobs += 1
      if (so.jobs > 1) {
        so.estimated += estimated
        so.took += tookMs / 1_000
      }
    }
    ended.add(key)
    for (const [video, job] of running) if (job.key === key) running.delete(video)
  }
  return {
    stepMs: (video) => running.get(video)?.pace.step() ?? null,
    see(event) {
      switch (event.kind) {
        case 'estimate':
          return estimate(event)
        case 'video-started':
          for (const number of event.skipped) finish(keyOf(event.video, number), null)
          return
        case 'job-taken':
          return finish(keyOf(event.video, event.workflow), null)
        case 'job-started':
        case 'job-adopted':
          running.set(event.video, { key: keyOf(event.video, event.workflow), at: event.at, pace: stepPace() })
          return
        case 'job-progress':
          if (event.of > 0)
            running.get(event.video)?.pace.see({ node: event.node, value: event.step, max: event.of }, event.at)
          return
        case 'job-finished':
          return finish(keyOf(event.video, event.workflow), event.result.tookMs)
        case 'job-failed':
          running.delete(event.video)
          return
        case 'video-finished':
        case 'video-failed':
          transfer.delete(event.video)
          running.delete(event.video)
          for (const key of kinds.keys()) if (key.startsWith(`${event.video}\n`)) ended.add(key)
      }
    },
    ms(now) {
      if (!seconds) return null
      const jobs = new Map(Array.from(running.values(), (job) => [job.key, job]))
      let left = 0
      for (const [key, estimated] of seconds) {
        if (ended.has(key)) continue
        const whole = estimated * 1_000 * factor(kinds.get(key)!)
        const job = jobs.get(key)
        left += job ? Math.max(whole - (now - job.at), job.pace.left(now) ?? 0) : whole
      }
      for (const length of transfer.values()) left += length * 1_000
      return left * share
    },
  }
}

const none = (): Done => ({ jobs: 0, estimated: 0, took: 0 })

const keyOf = (video: string, workflow: number) => `${video}\n${workflow}`

/** What of an estimate falls to each job that is to do. */
function jobSeconds(work: FilmWork, { phases }: EstimateFacts): Map<string, number> {
  const parts = work.plans.flatMap((plan) =>
    jobsOf(plan)
      .filter((job) => work.isToDo(job, plan))
      .map((job) => ({ key: keyOf(plan.videoName, job.workflowNumber), share: shareOf(plan, job, work.vace) })),
  )
  const sums = parts.reduce((sum, { share }) => plus(sum, share), nothing)
  const of = (name: string, part: number, whole: number) => (whole > 0 ? ((phases[name]?.mid ?? 0) * part) / whole : 0)
  return new Map(
    parts.map(({ key, share }) => [
      key,
      of('sampling', share.sampling, sums.sampling) +
        of('load', share.render, sums.render) +
        of('text', share.render, sums.render) +
        of('decode', share.decode, sums.decode) +
        of('combine', share.combine, sums.combine),
    ]),
  )
}

type Share = Readonly<Record<'render' | 'sampling' | 'decode' | 'combine', number>>

const nothing: Share = { render: 0, sampling: 0, decode: 0, combine: 0 }

const plus = (a: Share, b: Share): Share => ({
  render: a.render + b.render,
  sampling: a.sampling + b.sampling,
  decode: a.decode + b.decode,
  combine: a.combine + b.combine,
})

function shareOf(plan: Plan, job: Job, vace: boolean): Share {
  if (job.kind === 'combine') return { ...nothing, combine: job.filmFrames * plan.width * plan.height }
  const size = sizeOf(plan, job, vace)
  const { linear, attention } = forwardOf(size)
  return {
    ...nothing,
    render: 1,
    sampling: forwardsOf(stepsOf(plan, job), plan.cfg) * (linear + attention),
    decode: job.kind === 'low' ? tokensOf(size) : 0,
  }
}

/** Bringing a film home and away again. */
function transferSeconds({ plans, isToDo }: FilmWork, { phases }: EstimateFacts): Map<string, number> {
  const films = plans.filter((plan) => jobsOf(plan).some((job) => isToDo(job, plan)))
  const pixels = (plan: Plan) => plan.totalFrames * plan.width * plan.height
  const whole = films.reduce((sum, plan) => sum + pixels(plan), 0)
  const seconds = phases['transfer']?.mid ?? 0
  return new Map(films.map((plan) => [plan.videoName, whole > 0 ? (seconds * pixels(plan)) / whole : 0]))
}
