import { defineCommand } from '../command.ts'
import { settingOptions } from '../setting-options.ts'

export const driftCommand = defineCommand({
  name: 'drift',
  describe: 'Say what changed on the server since --recording was taken: the same as record --check',
  options: settingOptions([
    'comfyuiUrl',
    'comfyuiToken',
    'comfyuiHeader',
    'ca',
    'recording',
    'logLevel',
    'json',
    'quiet',
  ]),
  examples: [['pr drift --recording mine', 'costs nothing; exit code 4 when something changed']],
  async run(flags, context) {
    const { commandSettings } = await import('../command-settings.ts')
    const { settings } = await commandSettings(flags, context)
    const { checkDrift } = await import('../../record/check-drift.ts')
    return checkDrift(settings, context)
  },
})
