import { defineCommand } from '../command.ts'
import { settingOptions } from '../setting-options.ts'

export const runsCommand = defineCommand({
  name: 'runs',
  describe: 'List the runs of the output directory and the rehearsals beside them: how far each is, and how to go on',
  options: settingOptions(['outputDir', 'json']),
  examples: [
    ['pr runs', 'what is done, what runs, and what --resume would go on with'],
    ['pr runs --output-dir /workspace/films --json', 'of another folder, for a program'],
  ],
  async run(flags, context) {
    const { output } = context
    const { commandSettings } = await import('../command-settings.ts')
    const { settings, origins } = await commandSettings(flags, context)
    const { outputDir } = settings.run
    const { allRuns } = await import('../../run/known-runs.ts')
    const { runData, runsText } = await import('../../run/runs-text.ts')
    const { commandLineOf } = await import('../command-line.ts')
    const runs = allRuns(settings)
    const resume: Parameters<typeof runsText>[1]['resume'] = (options, name, more) =>
      commandLineOf({ ...context, argv: options, script: process.argv[1] }).resume(name, more)
    const isUsual = origins.get('outputDir')?.origin.from !== 'flag'
    const places = { outputDir, isUsual, tempDir: settings.dryRun.tempDir, resume }
    output.print(runsText(runs, places).join('\n'))
    output.result({ runs: runs.map((run) => runData(run, places)) })
    return 0
  },
})
