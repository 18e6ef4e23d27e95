import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { isAbsolute, join, resolve } from 'node:path'
import { loadSettings } from '../config/settings.ts'
import type { ReplayedIdentity } from '../domain/ids.ts'
import { PromptRunnerError } from '../errors.ts'
import { outcomeWords } from '../recording/outcome-words.ts'
import { type RecordedRun, type RunOutcomeWords, readRecordedRun } from '../recording/recorded-run.ts'
import { run } from './run.ts'
import { runFoldersIn } from './run-folders.ts'
import { type RunOutput, unattended } from './run-host.ts'

/** How the run of a recording ended this time. */
export interface ReplayedRun {
  readonly outcome: RunOutcomeWords
  /** Faults that never happened. */
  readonly unused: readonly string[]
}

/** The flags by which a dry run does again what the run of a recording did; `faults` in the place of its own. */
export function recordedFlags(
  folder: string,
  { flags, faults }: Pick<RecordedRun, 'flags' | 'faults'>,
): Record<string, unknown> {
  const here = (path: string) => (isAbsolute(path) ? path : join(folder, path))
  const paths = Object.entries(flags).map(([name, value]) => [
    name,
    !PATHS.includes(name) || typeof value === 'boolean'
      ? value
      : typeof value === 'string'
        ? here(value)
        : value.map(here),
  ])
  return {
    ...Object.fromEntries(paths),
    ...(faults.length > 0 && { fault: [...faults] }),
    recording: folder,
    'output-dir': join(folder, 'output'),
  }
}

/** Whom such a dry run is to be. */
export function replayedIdentity({ run: { id, name, kind } }: RecordedRun): ReplayedIdentity {
  return { runId: id, runName: name, wasLive: kind === 'live' }
}

const PATHS: readonly string[] = ['prompt-file', 'workflows']

/** Rehearses the run of a recording without a word, in a folder that is gone afterwards. Throws PR_RECORDING where it has none. */
export async function rehearseRecording(
  recording: string,
  {
    signal = new AbortController().signal,
    faults,
  }: { signal?: AbortSignal | undefined; faults?: readonly string[] } = {},
): Promise<ReplayedRun> {
  const recorded = readRecordedRun(recording)
  if (recorded === null) {
    throw new PromptRunnerError('PR_RECORDING', `the recording ${recording} is not that of a run`, {
      hint: 'make one with `pr record --from-run RUN`',
    })
  }
  const folder = resolve(recorded.folder)
  const away = mkdtempSync(join(tmpdir(), 'pr-replay-'))
  try {
    const { run: of } = recorded
    const flags = recordedFlags(folder, { flags: of.flags, faults: faults ?? of.faults })
    const environment = { DRY_RUN_TEMP_DIR: away, RUNPOD_API_KEY: 'none' }
    const { settings } = await loadSettings({ ...flags, 'dry-run': true, yes: true }, environment, away)
    const host = { ...unattended, output: silent, signal, endInOrder: () => {}, confirm: async () => {} }
    const thrown: unknown = await run(settings, host, { identity: replayedIdentity(of) }).catch((error) => error)
    signal.throwIfAborted()
    const [made] = runFoldersIn(away)
    // What fails before there is a folder has no summary.
    if (made === undefined) throw thrown
    const summary = JSON.parse(readFileSync(join(made, 'summary.json'), 'utf8'))
    const happened: ReadonlyArray<{ fault: string; times: number }> = summary.rehearsal.faults
    return {
      outcome: outcomeWords(summary, [join(made, 'output'), made]),
      unused: happened.flatMap(({ fault, times }) => (times === 0 ? [fault] : [])),
    }
  } finally {
    rmSync(away, { recursive: true, force: true })
  }
}

const silent: RunOutput = {
  ...{ debug() {}, info() {}, warn() {}, error() {}, print() {}, result() {}, redact() {}, attachLog() {} },
  openLiveBlock: () => null,
}
