import type { FilmWork } from '../../domain/estimate/film-time.ts'
import { type TimeLeft, timeLeft } from '../../domain/estimate/time-left.ts'
import { type Job, jobsOf } from '../../domain/plan.ts'
import { costOf, type Price } from '../../domain/price.ts'
import type { RunEvent } from '../../domain/run-event.ts'
import { isOverrunCode } from '../../domain/spending.ts'
import { bytesText, durationText } from '../../domain/wording.ts'

/** What a run is at, at one moment. */
export interface RunView {
  /** Those that are made at this moment: one, or as many as there are servers. */
  readonly films: readonly FilmView[]
  /** Milliseconds. */
  readonly elapsed: number
  readonly left: number | null
  readonly sinceNews: number
  /** USD, those of earlier starts too; null: no price is known. */
  readonly dollars: number | null
}

/** A film; `number` of `of`. */
export interface FilmView {
  readonly name: string
  readonly number: number
  readonly of: number
  /** Host and port of the server that has it, where there are several. */
  readonly server: string | null
  readonly chunks: number
  readonly jobs: { readonly done: number; readonly of: number }
  readonly job: JobView | null
  /** What it waits for, or does beside its jobs; null: its job says it. */
  readonly doing: string | null
  /** Whether what it does is something that goes wrong. */
  readonly isWaiting: boolean
}

/** The job that runs. */
export interface JobView {
  readonly number: number
  readonly kind: Job['kind']
  readonly chunk: number
  readonly elapsed: number
  /** The node that is at work, as its template calls it; null before the first. */
  readonly node: string | null
  readonly step: number
  /** 0: it has no steps. */
  readonly of: number
  readonly stepMs: number | null
}

/** Follows the events of a run. */
export interface RunWatch {
  see(event: RunEvent): void
  /** Null before its first film. */
  view(now: number): RunView | null
}

interface Film {
  readonly jobs: readonly Job[]
  readonly done: Set<number>
  readonly chunks: number
  job: (Omit<JobView, 'elapsed' | 'stepMs'> & { readonly at: number }) | null
  doing: { readonly text: string; readonly isWaiting: boolean } | null
  /** It has failed, and is shown until another one begins. */
  isOver: boolean
}

/** Gathers from the events of a run what is shown of it at any moment. */
export function runWatch(work: FilmWork): RunWatch {
  const left: TimeLeft = timeLeft(work)
  const names = work.plans.map(({ videoName }) => videoName)
  const films = new Map<string, Film>()
  const placed = new Map<string, string>()
  let [startedAt, newsAt] = [0, 0]
  let price: { readonly price: Price; readonly before: number } | null = null
  const change = (video: string, to: Partial<Film>) => void Object.assign(films.get(video) ?? {}, to)
  const say = (video: string, text: string, isWaiting = false) => change(video, { doing: { text, isWaiting } })
  return {
    see(event) {
      newsAt = event.at
      left.see(event)
      switch (event.kind) {
        case 'run-started':
          startedAt = event.at
          return
        case 'price':
          price = event
          return
        case 'video-placed':
          placed.set(event.video, event.server)
          return
        case 'video-started': {
          for (const [name, film] of films) if (film.isOver) films.delete(name)
          const { plan, skipped } = event
          const film = { jobs: jobsOf(plan), done: new Set(skipped), chunks: plan.chunks.length }
          films.set(event.video, { ...film, job: null, doing: null, isOver: false })
          return
        }
        case 'job-started':
        case 'job-adopted': {
          const { workflow: number, at } = event
          const known = films.get(event.video)?.jobs[number - 1]
          const begun = { number, at, node: null, step: 0, of: 0 }
          const job = known ? { ...begun, kind: known.kind, chunk: known.chunk.number } : null
          return change(event.video, { doing: null, job })
        }
        case 'job-queued':
          return say(event.video, `${event.ahead} ahead in the queue`)
        case 'server-away': {
          const text = `ComfyUI is away: waiting ${durationText(event.waited)} of ${durationText(event.patience)}`
          const { server } = event
          for (const name of films.keys())
            if (server === undefined || placed.get(name) === server) say(name, text, true)
          return
        }
        case 'job-progress': {
          const job = films.get(event.video)?.job
          const at = { node: event.title, step: event.step, of: event.of }
          return change(event.video, { doing: null, ...(job && { job: { ...job, ...at } }) })
        }
        case 'job-ended':
          return say(event.video, 'bringing home what it made')
        case 'job-finished':
          films.get(event.video)?.done.add(event.workflow)
          return change(event.video, { job: null, doing: null })
        case 'job-failed':
          return say(event.video, failedText(event), true)
        case 'upload-started':
          return say(event.video, uploadText({ ...event, sent: 0 }))
        case 'upload-progress':
          return say(event.video, uploadText(event))
        case 'upload-finished':
          return change(event.video, { job: null, doing: null })
        case 'video-finished':
        case 'video-returned':
          films.delete(event.video)
          return
        case 'video-failed':
          change(event.video, { isOver: true })
      }
    },
    view(now) {
      if (films.size === 0) return null
      return {
        films: Array.from(films, ([name, { jobs, done, chunks, job, doing }]): FilmView => {
          const number = Math.max(1, names.indexOf(name) + 1)
          return {
            ...{ name, number, of: Math.max(number, names.length), chunks },
            server: hostOf(placed.get(name)),
            jobs: { done: done.size, of: jobs.length },
            job: job && { ...job, elapsed: now - job.at, stepMs: job.of > 0 ? left.stepMs(name) : null },
            doing: doing?.text ?? null,
            isWaiting: doing?.isWaiting ?? false,
          }
        }),
        elapsed: now - startedAt,
        left: left.ms(now),
        sinceNews: now - newsAt,
        dollars: price && price.before + costOf(now - startedAt, price.price),
      }
    },
  }
}

function hostOf(server: string | undefined): string | null {
  return server === undefined ? null : new URL(server).host
}

/** What a job came to stays to be seen when its run ends with it. */
function failedText({ code, willRetry }: Extract<RunEvent, { kind: 'job-failed' }>): string {
  if (code === 'PR_CANCELLED') return 'cancelled'
  if (isOverrunCode(code)) return `stopped (${code})`
  return willRetry ? `failed (${code}), trying again` : `failed (${code})`
}

/** `upload otter.mp4  50 % of 4.8 MiB` */
export function uploadText({ object, sent, bytes }: { object: string; sent: number; bytes: number }): string {
  const percent = bytes === 0 ? 100 : Math.floor((sent / bytes) * 100)
  return `upload ${object}  ${percent} % of ${bytesText(bytes)}`
}
