import { cpSync, existsSync, mkdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { createLayout } from '../../config/layout.ts'
import type { Settings } from '../../config/settings-types.ts'
import { loadTemplates } from '../../config/templates.ts'
import type { RunEvent } from '../../domain/run-event.ts'
import { type Problem, PromptRunnerError } from '../../errors.ts'
import { writeJson } from '../../files/write-json.ts'
import { loadRecording } from '../../recording/load-recording.ts'
import { outcomeWords } from '../../recording/outcome-words.ts'
import { recordRedactor } from '../../recording/record-redactor.ts'
import { type RecordedRun, RUN_FILE, RUN_FORMAT } from '../../recording/recorded-run.ts'
import type { NamedRun } from '../../run/named-run.ts'
import { secretsOf } from '../../run/secrets-of.ts'
import { readRunState } from '../../state/read-journal.ts'
import { copyAnswers } from './copy-answers.ts'
import { faultOfFailure } from './fault-of-failure.ts'
import { addressTold } from './http-faults.ts'
import { flagsOfPlans, writePromptOf } from './prompt-of-plan.ts'
import { lastStart } from './run-failures.ts'

/** What `summary.json` of a run holds, as far as it is needed here. */
interface KeptSummary {
  readonly exit_code: number
  readonly failures: ReadonlyArray<{ code: string; message: string; problems: readonly Problem[] }>
  readonly run_id: string
  readonly rehearsal: {
    readonly recording: { readonly name: string }
    readonly faults: ReadonlyArray<{ readonly fault: string }>
  } | null
}

/** Codes of runs that were stopped, which is no failure that could be met again. */
const STOPPED: readonly string[] = ['PR_CANCELLED', 'PR_BUDGET', 'PR_DEADLINE']

/**
 * Writes into `folder` what makes a dry run fail as a run did: the answers of a recording, the prompts as they were planned, and the
 * faults that its words tell of. `settings` are those of the run, as far as they can still be known. Throws PR_USAGE for a run that
 * has not failed, and for a failure that no dry run can have.
 */
export async function makeRecording(run: NamedRun, settings: Settings, folder: string): Promise<RecordedRun> {
  const summary = summaryOf(run)
  const events: RunEvent[] = []
  readRunState(run.journal, (event) => events.push(event))
  const start = lastStart(events)
  const redact = recordRedactor({ known: secretsOf(settings) }).text
  const reconstructed: string[] = []
  const answers = summary.rehearsal?.recording.name ?? settings.dryRun.recording
  copyAnswers(await loadRecording(answers), folder)
  if (!run.dryRun) {
    reconstructed.push(
      `the server's answers: those of the recording ${answers}, as a live run keeps no traffic`,
      'faults: from what the journal and the summary say went wrong',
    )
  }
  const { workflows } = settings
  if (workflows !== null) cpSync(workflows, join(folder, 'workflows'), { recursive: true })
  const templates = workflows === null ? null : await loadTemplates(workflows)
  mkdirSync(join(folder, 'prompt_files'))
  const prompts: string[] = []
  for (const [index, plan] of start.plans.entries()) {
    const { file, isSame } = await writePromptOf(plan, { folder, number: index + 1, templates, redact })
    prompts.push(file)
    if (!isSame)
      reconstructed.push(
        `the plan of ${plan.videoName}: this version, or a secret that was taken out, makes other jobs of it`,
      )
  }
  const problems = summary.failures.flatMap((failure) => failure.problems)
  const faults = summary.rehearsal ? summary.rehearsal.faults.map(({ fault }) => fault) : []
  for (const failure of run.dryRun ? [] : start.failures) {
    const fault = faultOfFailure(failure, problems)
    if (fault === null && failure.isLast) throw notToBeMet(run, failure.code, failure.reason)
    if (fault !== null) faults.push(redact(fault.replaceAll(run.folder, '<output>')))
  }
  // It may have come from an environment that is another now, and stands in the words.
  const told = summary.failures.flatMap(({ message, problems }) => [message, ...problems.map((one) => one.message)])
  const address = told.map(addressTold).find((one) => one !== null) ?? null
  const folders = run.dryRun ? [join(run.folder, 'output'), run.folder] : [run.folder]
  const recorded: RecordedRun = {
    format: RUN_FORMAT,
    run: {
      id: summary.run_id,
      name: run.runName,
      kind: run.dryRun ? 'rehearsal' : 'live',
      ended: new Date(start.endedAt).toISOString(),
      server: start.server,
    },
    outcome: JSON.parse(redact(JSON.stringify(outcomeWords(summary, folders)))),
    answers_from: answers,
    flags: {
      'prompt-file': prompts,
      ...(workflows !== null && { workflows: 'workflows' }),
      ...flagsOfPlans(start.plans),
      ...flagsOf(settings),
      ...(address !== null && { 'comfyui-url': address }),
    },
    faults,
    reconstructed,
  }
  writeRecordedRun(folder, recorded)
  return recorded
}

/** Writes the file that says which run a recording is of. */
export function writeRecordedRun(folder: string, recorded: RecordedRun): void {
  writeJson(join(folder, RUN_FILE), recorded)
}

function summaryOf(run: NamedRun): KeptSummary {
  const path = run.dryRun ? join(run.folder, 'summary.json') : createLayout(run.folder, run.runName).summary
  const refuse = (why: string, hint: string): never => {
    throw new PromptRunnerError('PR_USAGE', `pr record --from-run: the run ${run.runName} ${why}`, { hint })
  }
  if (run.condition === 'running') refuse('is in progress', 'wait for its end, or stop it')
  if (!existsSync(path))
    refuse(
      `has left no ${path}, so it did not come to its end`,
      'go on with it by `pr --resume`, and record it when it fails again',
    )
  const summary: KeptSummary = JSON.parse(readFileSync(path, 'utf8'))
  if (summary.failures.length === 0)
    refuse('has not failed: there is nothing to meet again', '`pr runs` lists those that have')
  const stopped = summary.failures.find(({ code }) => STOPPED.includes(code))
  if (stopped) refuse(`was stopped (${stopped.code}), which is no failure`, 'go on with it by `pr --resume`')
  return summary
}

function notToBeMet({ runName }: NamedRun, code: string, reason: string): PromptRunnerError {
  return new PromptRunnerError(
    'PR_USAGE',
    `pr record --from-run: what ended ${runName} cannot happen in a dry run: ${code}: ${reason}`,
    {
      hint: 'a dry run simulates servers, connections, disks and ffmpeg; `pr --fault help` lists what can go wrong there',
    },
  )
}

/** What of the settings of a run decides how it ends. */
function flagsOf({ comfyui, storage, pod, run, dryRun }: Settings): Record<string, string | boolean> {
  const { url } = comfyui
  const { bucket, prefix } = storage
  const seconds = (ms: number) => `${Math.ceil(ms / 1_000)}s`
  const switches = {
    'no-upload': !run.upload,
    'keep-intermediate': run.keepIntermediate,
    'force-shutdown': run.shutdown === 'force',
    'real-ffmpeg': dryRun.enabled && dryRun.realFfmpeg,
    strict: dryRun.enabled && dryRun.strict,
  }
  return {
    'comfyui-url': new URL(url.pathname, url.origin).href,
    ...(bucket !== null && run.upload && { bucket: `gs://${[bucket, prefix].filter(Boolean).join('/')}` }),
    ...(pod.id !== null && { 'pod-id': pod.id }),
    'max-retries': String(run.maxRetries),
    'wait-for-server': seconds(run.patience),
    ...(run.jobTimeout !== null && { 'job-timeout': seconds(run.jobTimeout) }),
    ...(run.uploadAll && { upload: 'all' }),
    ...Object.fromEntries(Object.entries(switches).filter(([, isOn]) => isOn)),
  }
}
