import { configDefaults, defineConfig } from 'vitest/config'
import { linuxOnly } from './support/linux-only.ts'

export default defineConfig({
  test: {
    root: new URL('..', import.meta.url).pathname,
    include: ['test/**/*.test.ts'],
    exclude: [...configDefaults.exclude, ...(process.platform === 'linux' ? [] : Object.keys(linuxOnly))],
    globalSetup: 'test/support/set-up.ts',
    // Only what hangs is stopped: no test has a limit of its own, so that a busy machine fails none.
    testTimeout: 300_000,
    hookTimeout: 300_000,
    expect: { poll: { timeout: 200_000 } },
    // Two cores are what CI has; more workers only take memory there.
    maxWorkers: 2,
  },
})
