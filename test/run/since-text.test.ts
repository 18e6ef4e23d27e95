import { expect, it } from 'vitest'
import type { SinceRun } from '../../src/run/since-last-run.ts'
import { sinceText } from '../../src/run/since-text.ts'

const run = { runName: 'calm-wren', condition: 'failed' } as const
const jobs = (...whys: readonly string[]) => whys.map((why, index) => ({ number: index + 1, why, isDone: false }))
const lines = (since: SinceRun) => sinceText([since], { isResumed: false })

it('says nothing of a film that no run has begun with', () => {
  expect(lines({ film: 'otter', run: null, jobs: jobs('new') })).toEqual([])
})

it('folds what would be a line for each chunk', () => {
  const seeds = Array.from({ length: 1_000 }, (_, index) => `seed ${index} → ${index + 7}`)
  expect(
    lines({ film: 'otter', run, jobs: jobs(...seeds.slice(0, 500).flatMap((seed) => [seed, seed]), ...seeds) }),
  ).toEqual([
    'Since the last run of otter, calm-wren (failed):',
    ...Array.from(
      { length: 8 },
      (_, at) => `  jobs ${2 * at + 1}–${2 * at + 2}, ${1_001 + at}: seed ${at} → ${at + 7}`,
    ),
    '  jobs 17–1000, 1009–2000: 992 more reasons, which --json tells',
  ])
})
