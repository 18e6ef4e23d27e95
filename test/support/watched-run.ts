import type { OutputMode } from '../../src/cli/output-mode.ts'
import type { FilmWork } from '../../src/domain/estimate/film-time.ts'
import type { RunEvent } from '../../src/domain/run-event.ts'
import { openProgress, type Shown } from '../../src/run/progress.ts'
import { capturedOutput } from '../cli/captured-output.ts'
import { planOf } from './plans.ts'
import { screen } from './screen.ts'

/** Two chunks, six jobs. */
export const plan = planOf('otter', 200)

/** HIGH of the second chunk. */
export const job = { video: 'otter', workflow: 3 }
/** A step of its sampler. */
export const step = (at: number, number: number): RunEvent => ({
  kind: 'job-progress',
  at,
  ...job,
  node: '10',
  title: 'Sampler',
  step: number,
  of: 8,
})
/** What comes before its first step. */
export const started: RunEvent[] = [
  { kind: 'run-started', at: 0, runId: 'id', runName: 'otter_1', dryRun: false, videos: ['otter'] },
  { kind: 'price', at: 0, price: { perHour: 0.79, from: 'runpod', at: 0 }, before: 0 },
  {
    kind: 'pod',
    at: 0,
    podId: 'p1',
    status: 'RUNNING',
    action: 'found',
    gpus: [{ util: 3, memoryUtil: 12 }],
  },
  { kind: 'video-started', at: 0, video: 'otter', plan, skipped: [1, 2] },
  { kind: 'job-started', at: 1_000, ...job, promptId: 'x', attempt: 1, graph: 'g' },
]
const work: FilmWork = { plans: [plan], vace: true, isToDo: () => true }
const span = (mid: number) => ({ low: mid, mid, high: mid })
/** Made before the run. */
export const estimate: RunEvent = {
  kind: 'estimate',
  at: 0,
  seconds: span(612),
  phases: {
    load: span(80),
    text: span(4),
    sampling: span(480),
    decode: span(8),
    combine: span(30),
    transfer: span(10),
  },
  gpu: 'RTX 4090',
  from: 'profile',
  reason: 'RTX 4090, profile ComfyUI fp8',
}

/** A run on a clock that only the test moves, and what becomes of it on a terminal, or on none. */
export function watched({
  mode = {},
  columns = 0,
  ...more
}: { mode?: Partial<OutputMode>; columns?: number } & Partial<Shown> = {}) {
  const { output, texts, stdout } = capturedOutput(mode, columns > 0)
  stdout.columns = columns
  let [now, written] = [0, 0]
  const ticks = new Set<() => void>()
  const every = (_: number, call: () => void) => {
    ticks.add(call)
    return { [Symbol.dispose]: () => void ticks.delete(call) }
  }
  const shown: Shown = { work, times: 'real', now: () => now, share: 1, ...more }
  const progress = openProgress(output, shown, { now: () => now, every })
  const terminal = screen(columns || 1_000)
  return {
    texts,
    stdout,
    ticks,
    progress,
    emit(...events: RunEvent[]) {
      for (const event of events) {
        now = Math.max(now, event.at)
        progress.emit(event)
      }
    },
    /** Nothing happens, but time goes by. */
    wait(ms: number) {
      const end = now + ms
      while (now < end) {
        now = Math.min(end, now + 1_000)
        for (const tick of ticks) tick()
      }
    },
    /** What stands there now. */
    look() {
      terminal.write(texts.stdout.slice(written))
      written = texts.stdout.length
      return terminal.rows()
    },
  }
}
