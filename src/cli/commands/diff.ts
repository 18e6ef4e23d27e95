import { PromptRunnerError } from '../../errors.ts'
import { defineCommand } from '../command.ts'
import { settingOptions } from '../setting-options.ts'

export const diffCommand = defineCommand({
  name: 'diff',
  describe: 'Compare two run folders or recordings: jobs, inputs, uploads, estimate; exit code 1 when they differ',
  options: {
    a: { type: 'string', positional: true, describe: 'a run folder, a recording or a HAR file' },
    b: { type: 'string', positional: true, describe: 'what to compare it with' },
    ...settingOptions(['workflows', 'json']),
  },
  examples: [
    ['pr diff temp_dry_run_20261123_120000 temp_dry_run_20261123_120500', 'what a change of settings changed'],
    ['pr diff wan22-two-chunks my-server.har --json', 'two recordings, for a program'],
  ],
  async run({ a, b, ...flags }, context) {
    const { output } = context
    if (a === undefined || b === undefined) {
      throw new PromptRunnerError('PR_USAGE', 'pr diff needs two things to compare', { hint: '`pr diff A B`' })
    }
    const { commandSettings } = await import('../command-settings.ts')
    const { settings } = await commandSettings(flags, context)
    const { diffPaths } = await import('../../diff/diff-paths.ts')
    const diff = await diffPaths(a, b, settings.workflows)
    const { diffText } = await import('../../diff/diff-text.ts')
    output.print(diffText(diff).join('\n'))
    output.result(diff)
    return diff.equal ? 0 : 1
  },
})
