import { defineCommand } from '../command.ts'
import { settingOptions } from '../setting-options.ts'

export const diffCommand = defineCommand({
  name: 'diff',
  describe:
    'Compare two runs or recordings, or the last two runs: jobs, inputs, uploads, estimate; exit code 1 when they differ',
  options: {
    a: { type: 'string', positional: true, describe: 'a run folder, a run by its name, a recording or a HAR file' },
    b: { type: 'string', positional: true, describe: 'what to compare it with' },
    ...settingOptions(['workflows', 'outputDir', 'json']),
  },
  examples: [
    ['pr diff', 'the last two runs, live or rehearsed'],
    ['pr diff temp_dry_run_20261123_120000 temp_dry_run_20261123_120500', 'what a change of settings changed'],
    ['pr diff wan22-two-chunks my-server.har --json', 'two recordings, for a program'],
  ],
  async run({ a, b, ...flags }, context) {
    const { output } = context
    const { commandSettings } = await import('../command-settings.ts')
    const { settings } = await commandSettings(flags, context)
    const { sidesOf } = await import('../diff.ts')
    const sides = await sidesOf([a, b], settings, output)
    const { diffPaths } = await import('../../diff/diff-paths.ts')
    const diff = await diffPaths(...sides, settings.workflows)
    const { diffText } = await import('../../diff/diff-text.ts')
    output.print(diffText(diff).join('\n'))
    output.result(diff)
    return diff.equal ? 0 : 1
  },
})
