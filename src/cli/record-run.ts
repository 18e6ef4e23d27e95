import { existsSync, renameSync, rmSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'
import { loadSettings } from '../config/settings.ts'
import { PromptRunnerError } from '../errors.ts'
import { createWhole } from '../files/create-whole.ts'
import { makeFolder } from '../files/folders.ts'
import { besideTarget } from '../record/beside-target.ts'
import { makeRecording, writeRecordedRun } from '../record/from-run/make-recording.ts'
import { testFile } from '../record/from-run/test-file.ts'
import { checkedName, readOnly } from '../record/record.ts'
import { otherWords } from '../recording/outcome-words.ts'
import { type RecordedRun, readRecordedRun } from '../recording/recorded-run.ts'
import { refuseSecrets, secretValues } from '../recording/secret-scan.ts'
import { namedRun } from '../run/named-run.ts'
import { rehearseRecording } from '../run/rehearse-recording.ts'
import { secretsOf } from '../run/secrets-of.ts'
import type { CommandContext } from './command.ts'
import { commandSettings } from './command-settings.ts'
import { runCommand } from './commands/run.ts'
import { parseArguments } from './parse-arguments.ts'

interface RunToRecord {
  /** Its name or folder. */
  readonly run: string | undefined
  readonly name: string | undefined
  /** Where the test goes that replays it. */
  readonly toTest: string | undefined
  readonly verify: boolean
  readonly flags: Readonly<Record<string, unknown>>
}

/** Makes a recording of a run that failed, which fails in the same words, and a test of it. Returns the exit code. */
export async function recordRun(asked: RunToRecord, context: CommandContext): Promise<number> {
  const { output, environment, cwd, signal } = context
  const { settings } = await commandSettings(asked.flags, context)
  if (asked.run === undefined) {
    throw new PromptRunnerError('PR_USAGE', '--to-test writes a test of a run that is recorded, and no run was given', {
      hint: 'give --from-run RUN, too: `pr runs` lists what has failed',
    })
  }
  const run = namedRun(asked.run, settings, 'pr record --from-run')
  const name = checkedName(asked.name ?? run.runName)
  if (settings.output.ci && !settings.run.yes) throw readOnly(name)
  const test = asked.toTest === undefined ? null : resolve(cwd, asked.toTest)
  if (test !== null && existsSync(test)) throw isThere(asked.toTest!)
  const { flags } = await parseArguments([...(run.options ?? [])], [runCommand])
  const then = await loadSettings({ ...flags, ...asked.flags, 'dry-run': run.dryRun }, environment, cwd)
  const target = join(cwd, 'recordings', name)
  if (existsSync(target) && readRecordedRun(target) === null) throw isOther(name)
  const ending = () => (signal.aborted ? 'interrupted' : 'failed')
  return besideTarget({ target, output, ending }, async (folder) => {
    const made = await makeRecording(run, then.settings, folder)
    refuseSecrets(folder, { ...secretValues(environment), ...secretsOf(then.settings) })
    const recorded = asked.verify ? await verified(made, folder, signal) : made
    rmSync(target, { recursive: true, force: true })
    renameSync(folder, target)
    output.print(`Recorded ${join('recordings', name)}${asked.verify ? ', which fails in the same words' : ''}.`)
    for (const line of recorded.reconstructed) output.print(`  reconstructed: ${line}`)
    if (test !== null) {
      makeFolder(dirname(test))
      createWhole(test, testFile(recorded, name))
      output.print(`Wrote ${relative(cwd, test)}, a test of it.`)
    }
    output.print(`Again: \`pr --dry-run --recording ${name}\``)
    output.result({ ok: true, recording: target, test, verified: asked.verify, ...recorded })
    return 0
  })
}

/** The recording without the faults that are not needed. Throws PR_RECORDING for one that fails otherwise. */
async function verified(made: RecordedRun, folder: string, signal: AbortSignal): Promise<RecordedRun> {
  let recorded = made
  let replayed = await rehearseRecording(folder, { signal })
  // What follows from another failure happens by itself; that a rehearsal's own faults never happened is a part of how it ended.
  if (made.run.kind === 'live' && replayed.unused.length > 0) {
    recorded = { ...made, faults: made.faults.filter((fault) => !replayed.unused.includes(fault)) }
    writeRecordedRun(folder, recorded)
    replayed = await rehearseRecording(folder, { signal })
  }
  const other = otherWords(recorded.outcome, replayed.outcome)
  if (other === null) return recorded
  throw new PromptRunnerError(
    'PR_RECORDING',
    `the recording does not fail as the run ${made.run.name} did:\n${other}`,
    {
      hint: 'give --verify=false to take it as it is; `faults` in its run.json can be changed by hand',
    },
  )
}

function isThere(path: string): PromptRunnerError {
  return new PromptRunnerError('PR_USAGE', `--to-test ${path}: there is such a file`, {
    hint: 'name another one, or take it away',
  })
}

function isOther(name: string): PromptRunnerError {
  return new PromptRunnerError('PR_USAGE', `recordings/${name} is there, and is no recording of a run`, {
    hint: 'give another --name',
  })
}
