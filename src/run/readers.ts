import { jobsOf, type Plan } from '../domain/plan.ts'
import type { EmitRunEvent, RunEvent } from '../domain/run-event.ts'
import { createTally, type RunTally } from '../report/run-tally.ts'
import { openJournal } from '../state/state-store.ts'
import type { ChosenRun } from './choose-run.ts'
import { openProgress, type Shown } from './progress.ts'
import { redactedWords } from './redacted-words.ts'
import type { RunOutput } from './run-host.ts'

/** Those who read along while a run happens: its journal, its display, and who counts. */
export interface Readers extends Disposable {
  readonly emit: EmitRunEvent
  /** Warns of what concerns the run as a whole. */
  readonly warn: (message: string) => void
  /** What came of the run so far. */
  tally(): RunTally
}

/** What its readers have to know of a run that starts. */
export interface RunStart {
  readonly run: ChosenRun
  readonly plans: readonly Plan[]
  readonly dryRun: boolean
  /** Path of its journal. */
  readonly journal: string
  /** What of a line the journal may hold; missing: all of it. */
  readonly redact?: (json: string) => string
  /** What of a text that somebody has said the journal may hold; missing: all of it. */
  readonly redactWords?: (text: string) => string
  readonly now: () => number
  readonly shown: Omit<Shown, 'now'>
  /** What of its command line belongs to the work; missing where it has none that could be given again. */
  readonly options?: readonly string[]
  /** What a new run takes over of another one. */
  readonly taken?: readonly RunEvent[]
}

/**
 * Opens the readers of a run and tells them that it starts. The journal of a new run must not exist yet. `around` puts something
 * around what is told. Throws PR_FILE.
 */
export function openReaders(
  { run, plans, dryRun, journal: path, redact, redactWords, now, options, taken = [], shown }: RunStart,
  output: RunOutput,
  around: (emit: EmitRunEvent) => EmitRunEvent = (emit) => emit,
): Readers {
  const progress = openProgress(output, { ...shown, now })
  // A rehearsal rents nothing: waiting for the disk would be its longest wait.
  const isNew = run.earlier === null || taken.length > 0
  const journal = openJournal(path, { durable: !dryRun, isNew, redact })
  const { add, tally } = createTally(plans)
  const emit = around((event: RunEvent) => {
    journal.append(redactWords ? redactedWords(event, redactWords) : event)
    add(event)
    progress.emit(event)
  })
  const videos = plans.map(({ videoName }) => videoName)
  const { runId, runName } = run
  const jobs = plans.flatMap(jobsOf).length
  emit({ kind: 'run-started', at: now(), runId, runName, dryRun, videos, jobs, ...(options && { options }) })
  for (const event of taken) emit(event)
  return {
    emit,
    warn: (message) => emit({ kind: 'warning', at: now(), video: null, message }),
    tally,
    [Symbol.dispose]() {
      progress[Symbol.dispose]()
      journal[Symbol.dispose]()
    },
  }
}
