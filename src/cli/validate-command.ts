import { createMediaClient } from '../clients/ffmpeg.ts'
import { validateInputs } from '../doctor/validate-inputs.ts'
import { missingPieces } from '../planning/missing-pieces.ts'
import { comfyuiKnowledge } from '../recording/comfyui-knowledge.ts'
import { loadRecording } from '../recording/load-recording.ts'
import { offlineServer } from '../simulators/comfyui/offline/check-graph.ts'
import type { CommandContext } from './command.ts'
import { commandSettings } from './command-settings.ts'
import { printable } from './printable.ts'
import { validateText } from './validate-text.ts'

/** Reports every problem; returns 2 when there is one, else 0. */
export async function validate(
  files: readonly string[],
  flags: Readonly<Record<string, unknown>>,
  context: CommandContext,
): Promise<number> {
  const { output } = context
  const { settings } = await commandSettings(flags, context)
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
