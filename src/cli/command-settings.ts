import { type LoadedSettings, loadSettings } from '../config/settings.ts'
import type { CommandContext } from './command.ts'
import { modeOf } from './output-mode.ts'

/**
 * The settings of a command, which the output follows from here on; what was odd about them is told. Lines are marked as a
 * rehearsal's only where `rehearses` is set, for other commands know nothing of `--dry-run`.
 */
export async function commandSettings(
  flags: Readonly<Record<string, unknown>>,
  { output, environment, cwd }: Pick<CommandContext, 'output' | 'environment' | 'cwd'>,
  { rehearses = false } = {},
): Promise<LoadedSettings> {
  const loaded = await loadSettings(flags, environment, cwd)
  const mode = modeOf(loaded.settings)
  output.configure(rehearses ? mode : { ...mode, dryRun: false })
  for (const warning of loaded.warnings) output.warn(warning)
  return loaded
}
