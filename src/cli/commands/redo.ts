import { type SettingName, settingRows } from '../../config/setting-table.ts'
import { defineCommand } from '../command.ts'
import { settingOptions } from '../setting-options.ts'

/** What is made is what the earlier run has made; how, where and whether it is rehearsed may be said anew. */
const settable: readonly SettingName[] = settingRows.flatMap(([name, { group }]) =>
  ['Prompts', 'Plan', 'Templates and models'].includes(group) || ['resume', 'validateOnly'].includes(name)
    ? []
    : [name],
)

export const redoCommand = defineCommand({
  name: 'redo',
  describe:
    'Make one chunk of a film again, and the chunks after it, as a new film; nothing of the old one is replaced',
  options: {
    name: { type: 'string', positional: true, describe: 'a run, or a film: the latest one of that name' },
    chunk: { type: 'string', positional: true, describe: 'the number of the chunk' },
    seed: {
      type: 'string',
      shows: 'N',
      group: 'Redo',
      describe: 'seed of the chunk [default: another one]',
    },
    ...settingOptions(settable),
  },
  examples: [
    ['pr redo otter 3', 'chunk 3 of the latest film otter with another seed, and what depends on it'],
    ['pr redo calm-wren 3 --seed 7 --dry-run', 'rehearse it for the film of a run, with a seed of your own'],
  ],
  async run(flags, context) {
    const { redo } = await import('../redo.ts')
    return redo(flags, context)
  },
})
