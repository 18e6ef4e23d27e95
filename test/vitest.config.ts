import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { configDefaults, defineConfig, type TestProjectInlineConfiguration } from 'vitest/config'
import { linuxOnly } from './support/linux-only.ts'

const root = new URL('..', import.meta.url).pathname
const exclude = [...configDefaults.exclude, ...(process.platform === 'linux' ? [] : Object.keys(linuxOnly))]

/**
 * Folders whose tests leave nothing behind in their process, so that their files share one, which halves what they cost. A file
 * that puts something in the place of a module needs a process where that is not loaded yet.
 */
const folders =
  '{config,diff,domain,dry-run,files,orchestrator,planning,record,recording,replay,report,simulators,state,workflows}'
const sharing = globSync(`test/${folders}/**/*.test.ts`, { cwd: root }).filter(
  (file) => !readFileSync(join(root, file), 'utf8').includes('vi.mock('),
)

export default defineConfig({
  test: {
    root,
    globalSetup: 'test/support/set-up.ts',
    // Two cores are what CI has; more workers only take memory there.
    maxWorkers: 2,
    projects: [
      project({ name: 'sharing', include: sharing, exclude, isolate: false }),
      project({ name: 'apart', include: ['test/**/*.test.ts'], exclude: [...exclude, ...sharing] }),
    ],
  },
})

function project(test: TestProjectInlineConfiguration['test']): TestProjectInlineConfiguration {
  return {
    test: {
      root,
      // Only what hangs is stopped: no test has a limit of its own, so that a busy machine fails none.
      testTimeout: 300_000,
      hookTimeout: 300_000,
      expect: { poll: { timeout: 200_000 } },
      ...test,
    },
  }
}
