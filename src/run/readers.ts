import type { EmitRunEvent, RunEvent } from '../domain/run-event.ts'
import { createTally, type RunTally } from '../report/run-tally.ts'
import { openJournal } from '../state/state-store.ts'
import { openProgress } from './progress.ts'
import type { RunOutput } from './run-host.ts'

/** Those who read along while a run happens: its journal, its display, and who counts. */
export interface Readers extends Disposable {
  readonly emit: EmitRunEvent
  /** What came of the run so far. */
  tally(): RunTally
}

type RunStart = Extract<RunEvent, { kind: 'run-started' }>

/** Opens the readers of a run and tells them that it starts. The journal of a new run must not exist yet. Throws PR_FILE. */
export async function openReaders(
  start: RunStart,
  more: {
    journal: string
    isNew: boolean
    output: RunOutput
    /** Puts something around what is told. */
    around?: (emit: EmitRunEvent) => EmitRunEvent
  },
): Promise<Readers> {
  const { journal: path, isNew, output, around = (emit) => emit } = more
  const progress = openProgress(output)
  // A rehearsal rents nothing: waiting for the disk would be its longest wait.
  const journal = openJournal(path, { durable: !start.dryRun, isNew })
  const { add, tally } = createTally()
  const emit = around((event: RunEvent) => {
    journal.append(event)
    add(event)
    progress.emit(event)
  })
  emit(start)
  return {
    emit,
    tally,
    [Symbol.dispose]() {
      progress[Symbol.dispose]()
      journal[Symbol.dispose]()
    },
  }
}
