import { statSync } from 'node:fs'
import { journalOf, stateDirOf } from '../../config/layout.ts'
import { isSameGpu } from '../../domain/estimate/gpu-name.ts'
import { gatherTimes, type OwnTimes } from '../../domain/estimate/own-times.ts'
import { PromptRunnerError } from '../../errors.ts'
import { readRunState } from '../../state/read-journal.ts'
import { knownRuns } from '../../state/state-store.ts'

/** So many journals are read at most, of at most so many bytes: an estimate must not take longer than the plan. */
const MOST = 10
const LARGEST = 1_000_000

/** Times of the last live runs of an output directory on a GPU; null: on the one that the last of them ran on. */
export function ownRuns(outputDir: string, gpu: string | null, vace: boolean): OwnTimes[] {
  const stateDir = stateDirOf(outputDir)
  const journals = knownRuns(stateDir)
    .slice(-MOST)
    .map((name) => journalOf(stateDir, name))
  const runs = journals
    .filter((journal) => statSync(journal).size <= LARGEST)
    .flatMap((journal) => timesIn(journal, vace) ?? [])
    .filter((run) => !run.dryRun && run.gpu !== null && run.steps.length > 0)
  const wanted = gpu ?? runs.at(-1)?.gpu
  return runs.filter((run) => wanted != null && run.gpu !== null && isSameGpu(run.gpu, wanted))
}

/** A journal that cannot be read tells nothing. */
function timesIn(journal: string, vace: boolean): OwnTimes | null {
  const gathered = gatherTimes(vace)
  try {
    readRunState(journal, gathered.see)
    return gathered.times()
  } catch (error) {
    if (error instanceof PromptRunnerError) return null
    throw error
  }
}
