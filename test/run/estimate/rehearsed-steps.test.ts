import { expect, it } from 'vitest'
import { forwardOf } from '../../../src/domain/estimate/forward.ts'
import { journals } from '../../support/journals.ts'
import { promptFile, rehearse } from '../../support/rehearse.ts'

/** Milliseconds of a step of HIGH, whose chunk has 33 frames and no reference picture yet. */
async function stepMs(width: number, height: number, ...more: string[]): Promise<number> {
  const size = ['--width', String(width), '--height', String(height), '--frames-per-chunk', '33']
  const files = { 'prompt_files/otter.txt': promptFile('otter', 33) }
  const { folder } = await rehearse([...size, '--no-upload', ...more], { files })
  const [events] = Object.values(journals(folder))
  const { steps } = events!.find(({ kind }) => kind === 'job-finished').result.phases
  return steps.ms / steps.count
}

it('a recorded step takes as much longer over more tokens, and with guidance, as an estimate has it', async () => {
  const computed = (width: number, height: number) => {
    const { linear, attention } = forwardOf({ width, height, frames: 33, references: 0, vace: true })
    return linear + attention
  }
  const small = await stepMs(832, 480)
  const ratio = computed(1_280, 720) / computed(832, 480)
  // By pixels alone it would be 2.3.
  expect(ratio).toBeGreaterThan(2.7)
  expect((await stepMs(1_280, 720)) / small).toBeCloseTo(ratio, 1)
  expect((await stepMs(832, 480, '--cfg', '6')) / small).toBeCloseTo(2, 1)
})
