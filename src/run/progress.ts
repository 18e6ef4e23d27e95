import { spanText } from '../domain/estimate/estimate-text.ts'
import { type Job, jobsOf } from '../domain/plan.ts'
import { type Price, priceText } from '../domain/price.ts'
import type { EmitRunEvent, RunEvent } from '../domain/run-event.ts'
import { isOverrunCode } from '../domain/spending.ts'
import { bytesText, counted, durationText } from '../domain/wording.ts'
import type { LiveLine, RunOutput } from './run-host.ts'

/** Without a live line, one line of progress in this many milliseconds of the run's clock. */
const QUIET_MS = 10_000

export interface Progress extends Disposable {
  readonly emit: EmitRunEvent
}

/** Shows the events of a run as they come: in one live line on a terminal, else a line for each start and end. */
export function openProgress(output: RunOutput): Progress {
  const display = new ProgressDisplay(output, output.openLiveLine())
  return { emit: (event) => display.show(event), [Symbol.dispose]: () => display.close() }
}

class ProgressDisplay {
  readonly #output: RunOutput
  readonly #live: LiveLine | null
  #jobs: readonly Job[] = []
  #jobStartedAt = 0
  #lastTickAt = 0
  #price: Price | null = null

  constructor(output: RunOutput, live: LiveLine | null) {
    this.#output = output
    this.#live = live
  }

  close(): void {
    this.#live?.(null)
  }

  show(event: RunEvent): void {
    const output = this.#output
    switch (event.kind) {
      case 'run-started':
        return output.info(`run ${event.runName}: ${counted(event.videos.length, 'video')}`)
      case 'server':
        return output.debug(`ComfyUI ${event.version} on ${event.gpu}`)
      case 'estimate':
        return output[event.from === 'this run' ? 'info' : 'debug'](
          `estimate: ${spanText(event.seconds)} on ${event.reason}`,
        )
      case 'video-placed':
        return output.info(`${event.video}: on ${event.server}`)
      case 'video-returned':
        return output.warn(returnedText(event))
      case 'video-started': {
        const { plan, skipped } = event
        this.#jobs = jobsOf(plan)
        const done = skipped.length > 0 ? `, ${skipped.length} of them done already` : ''
        const size = `${counted(plan.totalFrames, 'frame')} in ${counted(plan.chunks.length, 'chunk')}`
        return output.info(`${event.video}: ${size}, ${counted(this.#jobs.length, 'job')}${done}`)
      }
      case 'job-started':
        this.#jobStartedAt = event.at
        this.#lastTickAt = event.at
        return this.#jobLine(event.workflow, event.attempt > 1 ? `started (attempt ${event.attempt})` : 'started')
      case 'job-adopted':
        this.#jobStartedAt = event.at
        this.#lastTickAt = event.at
        return this.#jobLine(
          event.workflow,
          event.isDone ? 'was done by the server meanwhile' : 'is still on the server: goes on with it',
        )
      case 'server-away': {
        const { waited, patience } = event
        return this.#tick(event.at, `ComfyUI is away: waiting  ${durationText(waited)} of ${durationText(patience)}`)
      }
      case 'job-queued':
        return this.#tick(event.at, this.#timed(event, `${event.ahead} ahead in the queue`))
      case 'job-progress':
        // Most nodes have no steps; then the node itself is the news.
        return this.#tick(event.at, this.#timed(event, event.of > 0 ? `step ${event.step}/${event.of}` : event.title))
      case 'job-output':
        return output.debug(
          `${jobText(this.#jobs, event.workflow)}  made ${event.files.map(({ filename }) => filename).join(', ')}`,
        )
      case 'job-ended':
        return
      case 'job-finished':
        return this.#jobLine(event.workflow, `done  ${durationText(event.result.tookMs)}`)
      case 'job-taken':
        return output.debug(`job ${event.workflow} of ${event.video} was done by ${event.from}`)
      case 'job-failed': {
        const line = `${jobText(this.#jobs, event.workflow)}  ${failedText(event)}`
        return event.willRetry ? output.warn(line) : output.error(line)
      }
      case 'reference-extracted':
        return output.debug(`chunk ${event.chunk}: frame ${event.frame} becomes the reference ${event.file}`)
      case 'reference-uploaded':
        return output.debug(`chunk ${event.chunk}: the server calls the reference ${event.name}`)
      case 'film-downloaded':
        return output.info(
          `${event.video}: ${counted(event.frames, 'frame')}, ${bytesText(event.bytes)} in ${event.file}`,
        )
      case 'upload-started':
        this.#lastTickAt = event.at
        return output.info(`upload ${event.object}  ${bytesText(event.bytes)}`)
      case 'upload-progress': {
        const percent = event.bytes === 0 ? 100 : Math.floor((event.sent / event.bytes) * 100)
        return this.#tick(event.at, `upload ${event.object}  ${percent} % of ${bytesText(event.bytes)}`)
      }
      case 'upload-finished': {
        const { bucket, name, size, crc32c } = event.object
        return output.info(
          `uploaded ${event.role} gs://${bucket}/${name}  ${bytesText(size)}, crc32c ${crc32c} verified`,
        )
      }
      case 'cleanup': {
        const counts = `${counted(event.files.length, 'file')} deleted, ${event.kept.length} kept`
        return output.info(`${event.video}: ${counts}: ${event.reason}`)
      }
      case 'video-finished':
        return output.info(`${event.video}: done, ${counted(event.frames, 'frame')} in ${event.film}`)
      case 'video-failed':
        return output.error(
          `${event.video} ${isOverrunCode(event.code) ? 'stopped' : 'failed'}: ${event.code}: ${event.reason}${event.hint ? `\n  hint: ${event.hint}` : ''}`,
        )
      case 'pod':
        return output.info(podText(event, this.#price))
      case 'price':
        this.#price = event.price
        return output.debug(`an hour costs ${priceText(event.price)}`)
      case 'warning':
        return output.warn(event.video === null ? event.message : `${event.video}: ${event.message}`)
      case 'run-finished':
        this.close()
        return output.debug(event.ok ? 'the run is done' : 'the run is done, with failures')
      default:
        return event satisfies never
    }
  }

  #jobLine(workflow: number, text: string): void {
    this.#output.info(`${jobText(this.#jobs, workflow)}  ${text}`)
  }

  #timed(event: { readonly at: number; readonly workflow: number }, text: string): string {
    return `${jobText(this.#jobs, event.workflow)}  ${text}  ${durationText(event.at - this.#jobStartedAt)}`
  }

  /** What is outdated in a moment: it replaces itself on a terminal and is rare elsewhere; the log has all of it. */
  #tick(at: number, text: string): void {
    this.#live?.(text)
    const isDue = this.#live === null && at - this.#lastTickAt >= QUIET_MS
    if (isDue) this.#lastTickAt = at
    this.#output[isDue ? 'info' : 'debug'](text)
  }
}

/** Told to people in the display, and in the summary. */
function returnedText({ video, server, reason, isOut }: Extract<RunEvent, { kind: 'video-returned' }>): string {
  return `${video}: ${server} gives it back${isOut ? ' and takes no further film' : ''}: ${reason}`
}

/** `job 3/15 high chunk 2`: its place in the plan, jobs counted from 1 over both kinds. */
function jobText(jobs: readonly Job[], workflow: number): string {
  const job = jobs[workflow - 1]
  return job ? `job ${workflow}/${jobs.length} ${job.kind} chunk ${job.chunk.number}` : `job ${workflow}`
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
