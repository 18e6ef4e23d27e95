import { expect, it } from 'vitest'
import type { RunEvent } from '../../src/domain/run-event.ts'
import { createTally } from '../../src/report/run-tally.ts'
import { makeSummary } from '../../src/report/summary.ts'
import { summaryText } from '../../src/report/summary-text.ts'
import { planOf } from '../support/plans.ts'

function said(videos: readonly string[], dryRun: boolean) {
  const { add, tally } = createTally()
  add({ kind: 'run-started', at: 1, runId: 'id', runName: 'calm-otter', dryRun, videos })
  for (const video of videos) {
    const finished: RunEvent[] = [
      { kind: 'video-started', at: 1, video, plan: planOf(video), skipped: [] },
      { kind: 'video-finished', at: 9, video, film: `/o/final/${video}.mp4`, frames: 120 },
    ]
    for (const event of finished) add(event)
  }
  return summaryText(makeSummary(tally(), { dryRun, folder: null, failures: [], rehearsal: null }), '/o/report.html')
}

it('names the films first and what to do next last, live and rehearsed', () => {
  for (const dryRun of [true, false])
    expect(said(['otter', 'heron'], dryRun).slice(0, 2)).toEqual([
      'otter: /o/final/otter.mp4',
      'heron: /o/final/heron.mp4',
    ])
  expect(said(['otter'], true).at(-2)).toBe('Report: /o/report.html')
  expect(said(["a cat's life"], false).at(-1)).toBe(
    "Next: `pr redo 'a cat'\\''s life' 1` makes a chunk again, `pr clean` deletes what films need no more",
  )
  expect(said(['otter'], true).at(-1)).toMatch(/^Next: `pr doctor` /)
})

it('names ten films of many', () => {
  const many = Array.from({ length: 12 }, (_, index) => `film-${index}`)
  const lines = said(many, false)
  expect(lines.slice(9, 12)).toEqual([
    'film-9: /o/final/film-9.mp4',
    '… and 2 more films beside them',
    expect.stringMatching(/^72 jobs/),
  ])
})
