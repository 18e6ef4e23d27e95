import { createMediaClient } from '../clients/ffmpeg.ts'
import { loadSettings } from '../config/settings.ts'
import { missingPieces } from '../doctor/missing-pieces.ts'
import { validateInputs } from '../doctor/validate-inputs.ts'
import { comfyuiKnowledge } from '../recording/comfyui-knowledge.ts'
import { loadRecording } from '../recording/load-recording.ts'
import { offlineServer } from '../simulators/comfyui/validate/offline.ts'
import type { CommandContext } from './command.ts'
import { printable } from './failure.ts'
import { modeOf } from './output-mode.ts'
import type { Stop } from './signals.ts'
import { validateText } from './validate-text.ts'

/** Reports every problem; returns 2 when there is one, else 0. */
export async function validate(
  files: readonly string[],
  { flags, environment, cwd, output }: Omit<CommandContext, keyof Stop> & { flags: Readonly<Record<string, unknown>> },
): Promise<number> {
  const { settings, warnings } = await loadSettings(flags, environment, cwd)
  // Nothing is rehearsed here: the lines carry no mark.
  output.configure({ ...modeOf(settings), dryRun: false })
  for (const warning of warnings) output.warn(warning)
  const { entries, facts } = await loadRecording(settings.dryRun.recording)
  const { objectInfo, version } = comfyuiKnowledge(entries)
  const strict = flags['strict'] === true
  const media = createMediaClient(settings.programs)
  const validation = await validateInputs(files, { settings, media, server: offlineServer(objectInfo), strict })
  for (const warning of validation.warnings) output.warn(warning)
  const recorded = `recording ${facts.name}${facts.recorded && ` of ${facts.recorded}`}`
  const server = `ComfyUI${version && ` ${version}`} (${recorded})`
  const ok = validation.problems.length === 0
  output.print(printable(validateText(validation, server)))
  output.result({ ok, server, ...validation, missing: missingPieces(validation.problems) })
  return ok ? 0 : 2
}
