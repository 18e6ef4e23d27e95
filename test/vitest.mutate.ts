import { globSync } from 'node:fs'
import { defineConfig } from 'vitest/config'
import { BaseSequencer, type TestSpecification } from 'vitest/node'
import { roomOf } from './support/mutated-rooms.ts'
import { projectsOf } from './vitest.config.ts'

const root = new URL('..', import.meta.url).pathname
const files = roomOf(process.env).tests.flatMap((pattern) => globSync(pattern, { cwd: root }).toSorted())

// No process is started of the program whose sources are changed, so that nothing has to be built.
process.env['PR_PROGRAM'] ??= 'src/cli/bin.ts'

/** One test that fails is enough: the quick ones, which stand first in the list, are run first. */
class InOrder extends BaseSequencer {
  override async sort(specifications: TestSpecification[]): Promise<TestSpecification[]> {
    const placeOf = ({ moduleId }: TestSpecification) => files.findIndex((file) => moduleId.endsWith(file))
    return specifications.toSorted((a, b) => placeOf(a) - placeOf(b))
  }
}

export default defineConfig({
  test: {
    root,
    globalSetup: 'test/support/set-up.ts',
    sequence: { sequencer: InOrder },
    // What a change leaves behind in the process makes no test fail.
    projects: projectsOf(files, { setupFiles: [] }),
  },
})
