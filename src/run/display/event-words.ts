import { spanText } from '../../domain/estimate/estimate-text.ts'
import { type Job, jobsOf } from '../../domain/plan.ts'
import { type Price, priceText } from '../../domain/price.ts'
import { returnedText } from '../../domain/returned-text.ts'
import type { RunEvent } from '../../domain/run-event.ts'
import { isOverrunCode } from '../../domain/spending.ts'
import { bytesText, counted, durationText } from '../../domain/wording.ts'
import { type JobView, uploadText } from './run-watch.ts'
import type { Times } from './view-lines.ts'

/** A server that is away for so many milliseconds is told of even to who wants to hear of nothing else. */
const AWAY_MS = 30_000

/** What is said of an event. What is passing is outdated in a moment, and what has begun is seen where there is a live block. */
export interface Said {
  readonly level: 'debug' | 'info' | 'warn' | 'error' | 'passing' | 'begun'
  readonly text: string
}

/** Puts the events of a run into words. */
export class EventWords {
  readonly #times: Times
  /** The jobs of each film that was begun, and since when one of them runs. */
  readonly #films = new Map<string, { readonly jobs: readonly Job[]; startedAt: number }>()
  /** Those that are made at this moment. */
  readonly #made = new Set<string>()
  /** Whether several ever were: a line without a film's name would then be anybody's. */
  #areSeveral = false
  /** Where films are, of several servers, and of which of them it was told that they are away. */
  readonly #placed = new Map<string, string>()
  readonly #away = new Set<string | undefined>()
  #price: Price | null = null

  constructor(times: Times) {
    this.#times = times
  }

  /** What a job is at, for who has heard nothing of it for long. */
  stillAt(video: string, { number, of, step, node, elapsed }: JobView): string {
    return this.#jobLine(
      { video, workflow: number },
      `${of > 0 ? `step ${step}/${of}` : (node ?? 'sent')}${this.#span(elapsed)}`,
    )
  }

  /** Null: nothing is said of it. */
  of(event: RunEvent): Said | null {
    const say = (level: Said['level'], text: string): Said => ({ level, text })
    switch (event.kind) {
      case 'run-started':
        return say('info', `run ${event.runName}: ${counted(event.videos.length, 'video')}`)
      case 'server':
        return say('debug', `ComfyUI ${event.version} on ${event.gpu}`)
      case 'estimate':
        return say(
          event.from === 'this run' ? 'info' : 'debug',
          `estimate: ${spanText(event.seconds)} on ${event.reason}`,
        )
      case 'video-placed':
        this.#placed.set(event.video, event.server)
        return say('info', `${event.video}: on ${event.server}`)
      case 'video-returned':
        this.#made.delete(event.video)
        return say('warn', returnedText(event))
      case 'video-started': {
        const { plan, skipped } = event
        const jobs = jobsOf(plan)
        this.#films.set(event.video, { jobs, startedAt: event.at })
        this.#made.add(event.video)
        this.#areSeveral ||= this.#made.size > 1
        const done = skipped.length > 0 ? `, ${skipped.length} of them done already` : ''
        const size = `${counted(plan.totalFrames, 'frame')} in ${counted(plan.chunks.length, 'chunk')}`
        return say('info', `${event.video}: ${size}, ${counted(jobs.length, 'job')}${done}`)
      }
      case 'job-started': {
        this.#begin(event)
        this.#away.delete(this.#placed.get(event.video))
        const text = event.attempt > 1 ? `started (attempt ${event.attempt})` : 'started'
        return say('begun', this.#jobLine(event, text))
      }
      case 'job-adopted':
        this.#begin(event)
        return say(
          'info',
          this.#jobLine(
            event,
            event.isDone ? 'was done by the server meanwhile' : 'is still on the server: goes on with it',
          ),
        )
      case 'server-away': {
        const { waited, patience, server } = event
        const who = server === undefined ? 'ComfyUI' : `ComfyUI at ${server}`
        if (waited >= AWAY_MS && !this.#away.has(server)) {
          this.#away.add(server)
          return say(
            'warn',
            `${who} has not answered for ${durationText(waited)}; the run waits for it up to ${durationText(patience)}`,
          )
        }
        return say('passing', `${who} is away: waiting  ${durationText(waited)} of ${durationText(patience)}`)
      }
      case 'job-queued':
        return say('passing', this.#timed(event, `${event.ahead} ahead in the queue`))
      case 'job-progress':
        // Most nodes have no steps; then the node itself is the news.
        return say('passing', this.#timed(event, event.of > 0 ? `step ${event.step}/${event.of}` : event.title))
      case 'job-output':
        return say('debug', this.#jobLine(event, `made ${event.files.map(({ filename }) => filename).join(', ')}`))
      case 'job-ended':
        return null
      case 'job-finished':
        return say('info', this.#jobLine(event, `done${this.#span(event.result.tookMs)}`))
      case 'job-taken':
        return say('debug', `job ${event.workflow} of ${event.video} was done by ${event.from}`)
      case 'job-failed':
        return say(event.willRetry ? 'warn' : 'error', this.#jobLine(event, failedText(event)))
      case 'reference-extracted':
        return say('debug', `chunk ${event.chunk}: frame ${event.frame} becomes the reference ${event.file}`)
      case 'reference-uploaded':
        return say('debug', `chunk ${event.chunk}: the server calls the reference ${event.name}`)
      case 'film-downloaded':
        return say(
          'info',
          `${event.video}: ${counted(event.frames, 'frame')}, ${bytesText(event.bytes)} in ${event.file}`,
        )
      case 'upload-started':
        return say('info', `upload ${event.object}  ${bytesText(event.bytes)}`)
      case 'upload-progress':
        return say('passing', uploadText(event))
      case 'upload-finished': {
        const { bucket, name, size, crc32c } = event.object
        return say(
          'info',
          `uploaded ${event.role} gs://${bucket}/${name}  ${bytesText(size)}, crc32c ${crc32c} verified`,
        )
      }
      case 'cleanup': {
        const counts = `${counted(event.files.length, 'file')} deleted, ${event.kept.length} kept`
        return say('info', `${event.video}: ${counts}: ${event.reason}`)
      }
      case 'video-finished':
        this.#made.delete(event.video)
        return say('info', `${event.video}: done, ${counted(event.frames, 'frame')} in ${event.film}`)
      case 'video-failed':
        this.#made.delete(event.video)
        return say(
          'error',
          `${event.video} ${isOverrunCode(event.code) ? 'stopped' : 'failed'}: ${event.code}: ${event.reason}${event.hint ? `\n  hint: ${event.hint}` : ''}`,
        )
      case 'pod':
        return say('info', podText(event, this.#price))
      case 'price':
        this.#price = event.price
        return say('debug', `an hour costs ${priceText(event.price)}`)
      case 'warning':
        return say('warn', event.video === null ? event.message : `${event.video}: ${event.message}`)
      case 'run-finished':
        return say('debug', event.ok ? 'the run is done' : 'the run is done, with failures')
      default:
        return event satisfies never
    }
  }

  #begin({ video, at }: { readonly video: string; readonly at: number }): void {
    const film = this.#films.get(video)
    if (film) film.startedAt = at
  }

  /** `job 3/15 high chunk 2  done`: its place in the plan, jobs counted from 1 over both kinds; where several films are made at a time it says which. */
  #jobLine({ video, workflow }: { readonly video: string; readonly workflow: number }, text: string): string {
    const { jobs = [] } = this.#films.get(video) ?? {}
    const job = jobs[workflow - 1]
    const place = job ? `${workflow}/${jobs.length} ${job.kind} chunk ${job.chunk.number}` : workflow
    return `${this.#areSeveral ? `${video}: ` : ''}job ${place}  ${text}`
  }

  #timed(event: { readonly at: number; readonly video: string; readonly workflow: number }, text: string): string {
    const since = this.#films.get(event.video)?.startedAt ?? event.at
    return this.#jobLine(event, `${text}${this.#span(event.at - since)}`)
  }

  /** A length of time behind a text, as far as it says anything. */
  #span(ms: number): string {
    if (this.#times === 'hidden') return ''
    return `  ${this.#times === 'simulated' ? 'simulated ' : ''}${durationText(ms)}`
  }
}

/** Without the reason when a job failed for good: its video fails with it and tells the reason. */
function failedText({ code, reason, attempt, willRetry }: Extract<RunEvent, { kind: 'job-failed' }>): string {
  if (code === 'PR_CANCELLED') return 'cancelled'
  if (isOverrunCode(code)) return 'stopped'
  return willRetry ? `failed: ${code}: ${reason} (attempt ${attempt}, trying again)` : `failed (attempt ${attempt})`
}

/** `pod abc is RUNNING, $0.79/h (RunPod, 2026-11-30): found`; without a price where none is known, or none is paid. */
function podText(
  { podId, status, action, gpus = [] }: Extract<RunEvent, { kind: 'pod' }>,
  price: Price | null,
): string {
  const costs = price === null || status !== 'RUNNING' ? '' : `, ${priceText(price)}`
  const load = gpus
    .map(({ util, memoryUtil }) => `, a GPU ${util} % busy with ${memoryUtil} % of its memory taken`)
    .join('')
  return `pod ${podId} is ${status}${costs}${load}: ${action}`
}
