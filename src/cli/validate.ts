import { createMediaClient } from '../clients/ffmpeg.ts'
import type { Settings } from '../config/settings-types.ts'
import { type Validation, validateInputs } from '../doctor/validate-inputs.ts'
import { counted } from '../domain/wording.ts'
import { PromptRunnerError } from '../errors.ts'
import { readInputText, unreadable } from '../files/read-input.ts'
import type { PlanFinding } from '../planning/check-plans.ts'
import { jobsText, missingPieces, type NeededPiece } from '../planning/invalid-plans.ts'
import { comfyuiKnowledge } from '../recording/comfyui-knowledge.ts'
import { membersOf } from '../recording/exact-json.ts'
import { tellLeftOut } from '../recording/left-out.ts'
import { loadRecording } from '../recording/load-recording.ts'
import { offlineServer } from '../simulators/comfyui/offline/check-graph.ts'
import { packText } from '../simulators/comfyui/offline/missing-place.ts'
import { NEWEST, unknownVersion } from '../simulators/comfyui/rules.ts'
import type { CommandContext } from './command.ts'
import { commandSettings } from './command-settings.ts'
import { problemText } from './failure.ts'
import { printable } from './printable.ts'

/** Reports every problem; returns 2 when there is one, else 0. */
export async function validate(
  files: readonly string[],
  flags: Readonly<Record<string, unknown>>,
  context: CommandContext,
): Promise<number> {
  const { output } = context
  const { settings } = await commandSettings(flags, context)
  const { objectInfo, version, server } = await serverOf(flags['object-info'], settings, output)
  const strict = flags['strict'] === true
  const media = createMediaClient(settings.programs)
  const known = offlineServer(objectInfo, { behaviours: settings.behaviours, version })
  const validation = await validateInputs(files, { settings, media, server: known, strict })
  const unknown = unknownVersion(version)
  if (unknown) output.warn(unknown)
  for (const warning of validation.warnings) output.warn(warning)
  const ok = validation.problems.length === 0
  output.print(printable(validateText(validation, server)))
  output.result({ ok, server, ...validation, missing: missingPieces(validation.problems) })
  return ok ? 0 : 2
}

interface CheckedServer {
  readonly objectInfo: string
  readonly version: string
  /** In words. */
  readonly server: string
}

/** The one that was recorded, or the one whose `GET /object_info` was kept in a file. */
async function serverOf(file: unknown, { dryRun }: Settings, output: CommandContext['output']): Promise<CheckedServer> {
  if (typeof file === 'string') {
    const objectInfo = await readInputText(file).catch((cause: Error) => {
      throw new PromptRunnerError('PR_USAGE', `--object-info ${file}: ${unreadable(cause)}`, { cause })
    })
    const members = [...(membersOf(objectInfo) ?? [])]
    if (!members.some(([, text]) => /"input"\s*:/.test(text))) {
      throw new PromptRunnerError('PR_USAGE', `--object-info ${file}: It has no node classes.`, {
        hint: 'give what the server answers to GET /object_info, kept in a file',
      })
    }
    return { objectInfo, version: NEWEST, server: `the classes of ${file}, by the rules of ComfyUI ${NEWEST}` }
  }
  const recording = await loadRecording(dryRun.recording)
  tellLeftOut(recording, output)
  const { entries, facts } = recording
  const { objectInfo, version } = comfyuiKnowledge(entries)
  const recorded = `recording ${facts.name}${facts.recorded && ` of ${facts.recorded}`}`
  return { objectInfo, version, server: `ComfyUI${version && ` ${version}`} (${recorded})` }
}

/**
 * The report of `pr validate`: every problem, what the server lacks, and a line that counts. `server` is what was
 * checked against.
 */
function validateText({ problems, checked }: Validation, server: string): string {
  const missing = missingPieces(problems)
  const blocks = [
    ...problems.map(problemLines),
    ...(missing.length > 0 ? [[`Missing on ${server}:`, ...missing.flatMap(pieceLines)]] : []),
    [`${verdict(problems.length)} ${checkedText(checked)} against ${server}.`],
  ]
  return blocks.map((lines) => lines.join('\n')).join('\n')
}

/** What a graph holds is part of its message already; a value of a prompt file is not. */
function problemLines({ hint, jobs, node, value, ...problem }: PlanFinding): string[] {
  const said = problemText(node || value === undefined ? problem : { ...problem, value })
  return [said, ...(hint ? [`  hint: ${hint}`] : []), ...(jobs ? [`  jobs: ${jobsText(jobs)}`] : [])]
}

function pieceLines({ kind, name, place, nearest, neededBy }: NeededPiece): string[] {
  const belongs = place === null ? '' : kind === 'node class' ? `, of ${packText(place)}` : `, goes into ${place}`
  const similar = nearest === null ? '' : `; the nearest there: ${nearest}`
  return [`  ${kind} ${name}${belongs}${similar}`, ...neededBy.map((need) => `    needed by ${needText(need)}`)]
}

function needText({ file, node, jobs }: NeededPiece['neededBy'][number]): string {
  return `node ${node} of ${file}${jobs.length > 0 ? `: ${jobsText(jobs)}` : ''}`
}

function verdict(problems: number): string {
  // Not "problems in …": a file that was not found is not among what was checked.
  return problems === 0 ? 'Valid: checked' : `${counted(problems, 'problem')} found; checked`
}

function checkedText({ promptFiles, templates, jobs, workflows }: Validation['checked']): string {
  const parts = [
    promptFiles > 0 ? counted(promptFiles, 'prompt file') : '',
    templates.length > 0 ? `templates (${templates.join(', ')})` : '',
    jobs > 0 ? counted(jobs, 'job') : '',
    workflows > 0 ? counted(workflows, 'workflow') : '',
  ].filter((part) => part !== '')
  return parts.join(', ') || 'no file'
}
