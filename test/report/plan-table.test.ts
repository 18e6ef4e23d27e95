import { expect, it } from 'vitest'
import { planTable } from '../../src/report/plan-table.ts'
import { planOf } from '../support/plans.ts'

it('shows a film of more chunks than a function takes arguments', () => {
  const { passes, ...plan } = planOf('otter')
  const table = planTable({ ...plan, passes: Array(200_000).fill(passes[1]) })
  expect(table).toHaveLength(200_003 + plan.warnings.length)
})

it('shows the plan as a table with what will be regretted', () => {
  expect(planTable(planOf('otter', 120, { negativePrompt: 'blurry' }))).toEqual([
    'otter · otter.txt · 120 frames = 7.5 s · 480x848 at 16 fps · 8 steps (LOW from 4), cfg 1',
    '  chunk  source frames  render  keep  seed  reference frame                          jobs',
    '  1      0–100          101     101   7     –                                        1 high, 2 low',
    '  2      101–119        21      19    8     frame 91 of chunk 1 (known after job 2)  3 high, 4 low',
    '  + combine ×2 (jobs 5–6)',
    '  ! The negative prompt has no effect at cfg 1. A cfg above 1 gives it one and doubles the time of each step.',
    '  ! Chunks of 101 frames are longer than the 81 that Wan2.2 was trained on: the picture may drift from the reference.',
    '  ! The last chunk keeps only 19 frames: short chunks move unsteadily. Without a chunk length of your own the chunks are evened out.',
  ])
  expect(planTable(planOf('otter', 1)).slice(0, 4)).toEqual([
    'otter · otter.txt · 1 frame = 0.1 s · 480x848 at 16 fps · 8 steps (LOW from 4), cfg 1',
    '  chunk  source frames  render  keep  seed  reference frame  jobs',
    '  1      0              1       1     7     –                1 high, 2 low',
    '  + combine ×1 (job 3)',
  ])
})
