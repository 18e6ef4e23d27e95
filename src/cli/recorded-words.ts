import type { LoadedSettings } from '../config/settings.ts'
import type { ReplayedIdentity } from '../domain/ids.ts'
import type { Output } from './output.ts'

/** What a dry run gets from a recording that is of a run. */
interface RecordedWords {
  readonly flags: Readonly<Record<string, unknown>>
  readonly identity: ReplayedIdentity
}

/**
 * What a dry run does with the recording of a run that failed: the same, unless it is told what else to render. What is given now wins
 * over what was given then. null: the recording is of no run. Throws PR_RECORDING.
 */
export async function recordedWords(
  given: Readonly<Record<string, unknown>>,
  { settings, origins }: Pick<LoadedSettings, 'settings' | 'origins'>,
  output: Output,
): Promise<RecordedWords | null> {
  const { dryRun } = settings
  const names = ['promptFile', 'promptDir'] as const
  if (!dryRun.enabled || names.some((name) => origins.get(name)!.origin.from === 'flag')) return null
  const { readRecordedRun } = await import('../recording/recorded-run.ts')
  const recorded = readRecordedRun(dryRun.recording)
  if (recorded === null) return null
  const { folder, run } = recorded
  const { recordedFlags, replayedIdentity } = await import('../run/rehearse-recording.ts')
  const flags = recordedFlags(folder, run)
  output.info(
    `Recording ${dryRun.recording} is of the ${run.run.kind} run ${run.run.name}, which ended with exit code ${run.outcome.exit_code}: the same again`,
  )
  // What other runs have left is none of its, unless it is to go on with one: then without what had it fail.
  const { 'output-dir': outputDir = flags['output-dir'], fault } = given
  const place =
    given['resume'] === undefined ? { 'output-dir': flags['output-dir'] } : { 'output-dir': outputDir, fault }
  return {
    flags: { ...flags, ...given, ...place },
    identity: replayedIdentity(run),
  }
}
