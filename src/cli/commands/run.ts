import { defineCommand } from '../command.ts'
import { settingOptions, settingVariables } from '../setting-options.ts'

export const runCommand = defineCommand({
  name: 'run',
  describe: 'Plan, render, combine and upload every prompt file, or rehearse all of it with --dry-run',
  options: {
    ...settingOptions(),
    'show-settings': {
      type: 'boolean',
      group: 'Output',
      describe: 'print every setting with its value and origin, then stop',
    },
  },
  variables: settingVariables(),
  examples: [
    ['pr init', 'write an example prompt file and a configuration file'],
    ['pr --dry-run', 'rehearse everything in prompt_files/; nothing leaves the machine'],
    ['pr --prompt-file otter.txt --bucket gs://films/otters', 'render one file for real and upload the video'],
    ['pr --dry-run --frames-per-chunk 81 --show-settings', 'see what a run would use, and why'],
    ['npm run pr -- --dry-run', 'the same from inside the repository'],
  ],
  async run(flags, context) {
    const { commandSettings } = await import('../command-settings.ts')
    const { settings, origins } = await commandSettings(flags, context, { rehearses: true })
    if (flags['show-settings'] === true) {
      const { showSettings } = await import('../show-settings.ts')
      showSettings(origins, context.output)
      return 0
    }
    const { run } = await import('../../run/run.ts')
    const { runHost } = await import('../confirm.ts')
    return run(settings, runHost(context, settings.run.yes))
  },
})
