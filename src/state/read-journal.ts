import { readFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import type { RunEvent } from '../domain/run-event.ts'
import { PromptRunnerError } from '../errors.ts'
import { DamagedLine, eventOf } from './journal-line.ts'
import { ownEvent } from './own-event.ts'
import { noRun, type RunState, reduceRunState } from './run-state.ts'
import { isJson, known, knownRuns } from './state-store.ts'

/**
 * Folds a journal. A torn last line (the machine died while writing) is left out, and so is what a power cut leaves of a line: NULs.
 * Any other line that is no event of this run is an error. Without the line that says which run it is, `runId` is empty. `see` is
 * shown each event.
 */
export function readRunState(path: string, see: (event: RunEvent) => void = () => {}): RunState {
  const lines = known(path, () => readFileSync(path, 'utf8'))
    .split('\n')
    .map(withoutNuls)
  const runName = basename(path, '.jsonl')
  return lines.reduce(
    (state, line, index) => {
      if (line === '' || (index === lines.length - 1 && !isJson(line))) return state
      try {
        // The files of a rehearsal lie in several folders.
        const root = state.dryRun ? null : dirname(dirname(path))
        const event = ownEvent(eventOf(line), { runName, root, state })
        see(event)
        return reduceRunState(state, event)
      } catch (cause) {
        const what = faultOf(cause)
        throw new PromptRunnerError(
          'PR_STATE',
          `Reading the state of an earlier run failed: ${path}:${index + 1} ${what}`,
          {
            hint: 'The file was edited or damaged, or another version wrote it. Remove the line and resume again: what it said is looked for on the server.',
            cause,
          },
        )
      }
    },
    { ...noRun, runName },
  )
}

function faultOf(cause: unknown): string {
  if (cause instanceof DamagedLine) return 'is not as it was written'
  return cause instanceof SyntaxError ? 'is not JSON' : 'is no event of this run'
}

/** What was to be written when the power failed may be there as NULs. */
function withoutNuls(line: string): string {
  return line.replace(/^[\0\s]+|[\0\s]+$/g, '')
}

/** The journal of the run called `name`, or of the latest run that made a video called `name`. */
export function findRun(stateDir: string, name: string): { path: string; state: RunState } {
  const runs = knownRuns(stateDir)
  const states = runs.map((run) => ({ path: join(stateDir, `${run}.jsonl`), run }))
  const exact = states.find(({ run }) => run === name)
  if (exact) return { path: exact.path, state: readRunState(exact.path) }
  for (const { path } of states.reverse()) {
    const state = readRunState(path)
    if (state.videos[name]) return { path, state }
  }
  throw new PromptRunnerError(
    'PR_STATE',
    `--resume ${name}: there is no run and no video of that name in ${stateDir}`,
    {
      hint:
        runs.length > 0 ? `Known runs: ${runs.join(', ')}` : 'No run has left a state there yet; check --output-dir.',
    },
  )
}
