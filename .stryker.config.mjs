import { roomOf } from './test/support/mutated-rooms.ts'

const { name, mutate } = roomOf(process.env)
const out = `.stryker/${name}`

export default {
  mutate: [mutate],
  testRunner: 'vitest',
  // The program changes its working directory, which no thread can.
  vitest: { configFile: 'test/vitest.mutate.ts', pool: 'forks', related: false },
  plugins: ['@stryker-mutator/vitest-runner'],
  concurrency: 1,
  // Only what never ends: on a busy machine everything takes its time.
  timeoutMS: 30_000,
  timeoutFactor: 3,
  dryRunTimeoutMinutes: 30,
  incremental: true,
  incrementalFile: `${out}.incremental.json`,
  // What it copies into its sandbox is not its own earlier one.
  ignorePatterns: ['.stryker'],
  tempDirName: `${out}.sandbox`,
  reporters: ['progress-append-only', 'clear-text', 'html', 'json'],
  htmlReporter: { fileName: `${out}.html` },
  jsonReporter: { fileName: `${out}.json` },
  clearTextReporter: { allowColor: false, logTests: false, reportTests: false },
  // There is none, so that none is rewritten, which would take the interface of an older compiler.
  tsconfigFile: `${out}.tsconfig.json`,
  thresholds: { high: 95, low: 85, break: 85 },
}
