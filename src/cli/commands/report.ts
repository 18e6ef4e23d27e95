import { defineCommand } from '../command.ts'
import { settingOptions } from '../setting-options.ts'

export const reportCommand = defineCommand({
  name: 'report',
  describe:
    'Make the page of a run anew, report.html: plan, times, jobs, workflows, uploads, traffic; of the last run when none is named',
  options: {
    run: { type: 'string', positional: true, describe: 'a run folder, or a run by its name' },
    ...settingOptions(['workflows', 'outputDir', 'json']),
  },
  examples: [
    ['pr report', 'of the last run, live or rehearsed'],
    ['pr report temp_dry_run_20261123_120000', 'of a rehearsal, whose files may have been moved since'],
    ['pr report quiet-fox --output-dir /workspace/films', 'of a live run'],
  ],
  async run({ run, ...flags }, context) {
    const { output } = context
    const { commandSettings } = await import('../command-settings.ts')
    const { settings } = await commandSettings(flags, context)
    const { reportRun } = await import('../../run/report-run.ts')
    const page = await reportRun(run, settings)
    output.print(`Report: ${page}`)
    output.result({ report: page })
    return 0
  },
})
