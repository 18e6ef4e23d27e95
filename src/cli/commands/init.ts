import { defineCommand } from '../command.ts'

export const initCommand = defineCommand({
  name: 'init',
  describe: 'Write an example prompt file and a commented pr.config.yaml',
  options: {
    dir: { type: 'string', positional: true, default: '.', describe: 'where to' },
    force: { type: 'boolean', describe: 'overwrite files that are there' },
    json: { type: 'boolean', describe: 'print one machine-readable object instead' },
  },
  examples: [
    ['pr init', 'into the current folder'],
    ['pr init films/otter', 'into another one, made when it is missing'],
  ],
  async run(flags, { output, cwd, environment }) {
    const { writeExample } = await import('../write-example.ts')
    // Where it was called so, `pr` itself may be another program.
    const pr = environment['npm_lifecycle_event'] === 'pr' ? 'npm run pr --' : 'pr'
    return writeExample({ dir: flags.dir, force: flags.force === true, cwd, output, pr })
  },
})
