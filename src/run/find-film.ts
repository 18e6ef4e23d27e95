import type { Settings } from '../config/settings-types.ts'
import { PromptRunnerError } from '../errors.ts'
import { readRunState } from '../state/read-journal.ts'
import type { RunState, VideoState } from '../state/run-state.ts'
import { allRuns, type KnownRun } from './known-runs.ts'

/** A film of an earlier run. */
export interface FoundFilm {
  readonly run: KnownRun
  readonly state: RunState
  readonly videoName: string
  readonly video: VideoState
  /** As the run was given it. */
  readonly promptFile: string
}

/**
 * Finds the film of the run called `name`, or the latest film called so: one of the output directory, or in a dry run a rehearsed
 * one, too. Throws PR_STATE for none, for one that is being made and for a damaged journal, and PR_USAGE where a run has several.
 */
export function findFilm(settings: Settings, name: string): FoundFilm {
  const all = allRuns(settings)
  const runs = all.filter(({ dryRun }) => settings.dryRun.enabled || !dryRun)
  const run = latestOf(runs, name)
  if (!run) {
    const known = `Known runs: ${[...new Set(runs.map(({ runName }) => runName))].join(', ') || 'none'}; check --output-dir`
    throw new PromptRunnerError('PR_STATE', `there is no run and no film called ${name} in ${settings.run.outputDir}`, {
      hint: latestOf(all, name) ? 'it was only rehearsed: give --dry-run to rehearse a chunk again' : known,
    })
  }
  if (run.problem) throw run.problem
  if (run.condition === 'running') {
    throw new PromptRunnerError('PR_STATE', `the run ${run.runName} is in progress`, {
      hint: 'wait for its end, or stop it',
    })
  }
  const names = run.videos.map((video) => video.name)
  const videoName = names.length === 1 ? names[0]! : names.find((each) => each === name)
  if (videoName === undefined) {
    throw new PromptRunnerError('PR_USAGE', `the run ${run.runName} has ${names.length} films`, {
      hint: `give the name of one of them: ${names.join(', ')}`,
    })
  }
  let promptFile = ''
  const state = readRunState(run.journal, (event) => {
    if (event.kind === 'video-started' && event.video === videoName) promptFile = event.plan.promptFile
  })
  const video = state.videos[videoName]
  if (video) return { run, state, videoName, video, promptFile }
  throw new PromptRunnerError('PR_STATE', `the run ${run.runName} has not begun with ${videoName}`)
}

function latestOf(runs: readonly KnownRun[], name: string): KnownRun | undefined {
  return (
    runs.findLast(({ runName }) => runName === name) ??
    runs.findLast(({ videos }) => videos.some((video) => video.name === name))
  )
}
