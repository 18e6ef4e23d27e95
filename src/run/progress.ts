import type { FilmWork } from '../domain/estimate/film-time.ts'
import type { EmitRunEvent, RunEvent } from '../domain/run-event.ts'
import { EventWords } from './display/event-words.ts'
import { type RunWatch, runWatch } from './display/run-watch.ts'
import { steadyClock } from './display/steady-clock.ts'
import { detailText, LEAST_COLUMNS, type Times, viewLines } from './display/view-lines.ts'
import type { LiveBlock, RunOutput } from './run-host.ts'

/** Without a live block, one line of progress in this many milliseconds of the run's clock, … */
const QUIET_MS = 10_000
/** … and one in this many when nothing happens. */
const SILENT_MS = 60_000
/** Real milliseconds between two looks at the clock, and between two pictures of a run in which much happens. */
const [TICK_MS, FRAME_MS] = [1_000, 50]

/** What is shown, by which clock. */
export interface Shown {
  readonly work: FilmWork
  readonly times: Times
  /** The run's clock, and how much of real time its time takes; 0: none, and what is said depends on events alone. */
  readonly now: () => number
  readonly share: number
}

/** What tells real time. */
export interface RealTime {
  readonly now: () => number
  /** Calls again and again, and keeps no process alive. */
  readonly every: (ms: number, call: () => void) => Disposable
}

const realTime: RealTime = {
  now: () => performance.now(),
  every(ms, call) {
    const timer = setInterval(call, ms).unref()
    return { [Symbol.dispose]: () => clearInterval(timer) }
  },
}

export interface Progress extends Disposable {
  readonly emit: EmitRunEvent
}

/** Shows the events of a run as they come, and its time: in a live block on a terminal, else a line for each start and end. */
export function openProgress(output: RunOutput, shown: Shown, real: RealTime = realTime): Progress {
  const display = new ProgressDisplay(output, shown, real)
  const ticks = real.every(TICK_MS, () => display.tick())
  return {
    emit: (event) => display.show(event),
    [Symbol.dispose]() {
      ticks[Symbol.dispose]()
      display.close()
    },
  }
}

class ProgressDisplay {
  readonly #output: RunOutput
  /** Null where there is none, and when the run is over: what is said then stands below it. */
  #live: LiveBlock | null
  readonly #times: Times
  readonly #watch: RunWatch
  readonly #words: EventWords
  readonly #clock: () => number
  readonly #isTicking: boolean
  readonly #real: RealTime
  #saidAt = 0
  #drawnAt = Number.NEGATIVE_INFINITY
  #isDone = false
  #isOver = false

  constructor(output: RunOutput, { work, times, now, share }: Shown, real: RealTime) {
    this.#output = output
    this.#live = output.openLiveBlock()
    this.#times = times
    this.#watch = runWatch(work)
    this.#words = new EventWords(times)
    this.#clock = steadyClock(now, share, real.now)
    this.#isTicking = share > 0
    this.#real = real
  }

  /** What a run was at when it did not come to its end stays to be read. */
  close(): void {
    if (!this.#isDone) this.#draw()
    this.#live?.close(!this.#isDone)
    this.#live = null
    this.#isOver = true
  }

  show(event: RunEvent): void {
    this.#watch.see(event)
    if (event.kind === 'run-finished') {
      this.#isDone = event.ok
      this.close()
    }
    this.#tell(event)
    if (this.#real.now() - this.#drawnAt >= FRAME_MS) this.#draw()
  }

  /** A second has gone by. */
  tick(): void {
    this.#draw()
    if (this.#isBlock || this.#isOver) return
    const at = this.#clock()
    if (!this.#isTicking || at - this.#saidAt < SILENT_MS) return
    for (const { name, job, doing } of this.#watch.view(at)?.films ?? []) {
      const text = doing ?? (job ? this.#words.stillAt(name, job) : null)
      if (text === null) continue
      this.#saidAt = at
      this.#output.info(this.#detailed(text, name, at))
    }
  }

  get #isBlock(): boolean {
    return this.#live !== null && this.#live.columns >= LEAST_COLUMNS
  }

  #draw(): void {
    if (!this.#live) return
    this.#drawnAt = this.#real.now()
    const { columns, paints } = this.#live
    const view = this.#isBlock && !this.#isDone ? this.#watch.view(this.#clock()) : null
    this.#live.show(view ? viewLines(view, { columns, times: this.#times, paints }) : [])
  }

  #tell(event: RunEvent): void {
    const said = this.#words.of(event)
    if (said === null) return
    const { level, text } = said
    if (level === 'passing') return this.#pass(event, text)
    if (level === 'begun') this.#output[this.#isBlock ? 'debug' : 'info'](text)
    else this.#output[level](text)
    if (level !== 'debug') this.#saidAt = event.at
  }

  /** Is rare where it cannot be replaced in place; the log has all of it. */
  #pass(event: RunEvent, text: string): void {
    const { at } = event
    const isDue = !this.#isBlock && at - this.#saidAt >= QUIET_MS
    if (!isDue) return this.#output.debug(text)
    this.#saidAt = at
    this.#output.info(this.#detailed(text, 'video' in event ? event.video : null, at))
  }

  /** A line with what is known of the whole run. */
  #detailed(line: string, video: string | null, at: number): string {
    const view = this.#watch.view(at)
    const details = view ? detailText(view, video, this.#times) : ''
    return details === '' ? line : `${line} · ${details}`
  }
}
