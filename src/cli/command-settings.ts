import { type LoadedSettings, loadSettings } from '../config/settings.ts'
import type { CommandContext } from './command.ts'
import { modeOf } from './output-mode.ts'

/**
 * Loads the settings of a command, sets the output up by them, and prints their warnings. Only with `rehearses` are
 * lines marked as those of a rehearsal: other commands know nothing of `--dry-run`.
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
