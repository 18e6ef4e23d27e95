import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { configDefaults, defineConfig, type TestProjectInlineConfiguration } from 'vitest/config'
import { linuxOnly } from './support/linux-only.ts'
import { browserHere } from './support/on-path.ts'

const root = new URL('..', import.meta.url).pathname
const exclude = [
  ...configDefaults.exclude,
  ...(process.platform === 'linux' ? [] : Object.keys(linuxOnly)),
  ...(browserHere() === undefined ? ['**/*.browser.test.ts'] : []),
]

export default defineConfig({
  test: {
    root,
    globalSetup: 'test/support/set-up.ts',
    // Two cores are what CI has; more workers only take memory there.
    maxWorkers: 2,
    teardownTimeout: 60_000,
    projects: projectsOf(globSync('test/**/*.test.ts', { cwd: root })),
  },
})

/**
 * No test leaves anything behind in its process, so that files share one: starting a process and loading the sources into it is up
 * to half of what a file costs. One that puts something in the place of a module needs a process where that is not loaded yet.
 */
export function projectsOf(files: readonly string[], options: Options = {}): TestProjectInlineConfiguration[] {
  const { apart = [], sharing = [] } = Object.groupBy(files, (file) =>
    readFileSync(join(root, file), 'utf8').includes('vi.mock(') ? 'apart' : 'sharing',
  )
  return [
    project({ name: 'sharing', include: sharing, exclude, isolate: false, ...options }),
    project({ name: 'apart', include: apart, exclude, ...options }),
  ]
}

type Options = NonNullable<TestProjectInlineConfiguration['test']>

function project(test: Options): TestProjectInlineConfiguration {
  return {
    test: {
      root,
      // Only what hangs is stopped: no test has a limit of its own, so that a busy machine fails none.
      testTimeout: 300_000,
      hookTimeout: 300_000,
      setupFiles: 'test/support/shared-process.ts',
      // What a test makes is gone with its end. In the little room that V8 has for it, collecting takes a tenth of all processor time.
      execArgv: ['--min-semi-space-size=64', '--max-semi-space-size=64'],
      expect: { poll: { timeout: 200_000 } },
      ...test,
    },
  }
}
