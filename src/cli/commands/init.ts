import { resolve } from 'node:path'
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
    const script = process.argv[1]
    // `npm run` goes to the folder of the package, wherever it is called.
    const isHere = resolve(cwd, flags.dir) === cwd
    const pr = isHere
      ? calledAs({ environment, cwd, script })
      : calledAs({ environment: {}, cwd: resolve(cwd, flags.dir), script })
    return writeExample({ dir: flags.dir, force: flags.force === true, cwd, output, pr })
  },
})
