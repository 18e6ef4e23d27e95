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
    const { calledAs } = await import('../command-line.ts')
    const pr = calledAs({ environment, cwd, script: process.argv[1] })
    return writeExample({ dir: flags.dir, force: flags.force === true, cwd, output, pr })
  },
})
