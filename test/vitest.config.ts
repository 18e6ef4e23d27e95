import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    root: new URL('..', import.meta.url).pathname,
    include: ['test/**/*.test.ts'],
    globalSetup: 'test/support/temporary-files.ts',
    testTimeout: 30_000,
    hookTimeout: 60_000,
    // Two cores are what CI has; more workers only take memory there.
    maxWorkers: 2,
  },
})
