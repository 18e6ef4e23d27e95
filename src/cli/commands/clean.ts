import { defineCommand } from '../command.ts'
import { settingOptions } from '../setting-options.ts'

export const cleanCommand = defineCommand({
  name: 'clean',
  describe: 'Delete what finished and proven runs have left: intermediate files, and old run folders; never a film',
  options: {
    'older-than': {
      type: 'string',
      shows: 'TIME',
      group: 'Clean',
      describe: 'only what is older, as in 7d or 12h; with it run folders of rehearsals, too',
    },
    'dry-run': { type: 'boolean', group: 'Clean', describe: 'only say what would be deleted' },
    yes: { type: 'boolean', group: 'Clean', describe: 'do not ask' },
    ...settingOptions(['outputDir', 'json']),
  },
  examples: [
    ['pr clean --dry-run', 'what the finished runs of the output directory have left'],
    ['pr clean --older-than 7d', 'that and run folders, when they are older than a week; asks before it deletes'],
  ],
  async run(flags, context) {
    const { clean } = await import('../clean.ts')
    return clean(flags, context)
  },
})
