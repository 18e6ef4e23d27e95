import { expect, it } from 'vitest'
import { jobId } from '../../src/domain/ids.ts'
import { makePlan } from '../../src/domain/make-plan.ts'
import { jobsOf } from '../../src/domain/plan.ts'
import { prompt, planSettings as settings } from '../support/lighthouse.ts'

it('gives a chunk the seed of its own, and other ids to it and what comes after it, only', () => {
  const [before, after] = [settings, { ...settings, chunkSeeds: { 3: 70 } }].map((each) =>
    makePlan(prompt, each, jobId),
  )
  expect(after!.chunks.map(({ seed }) => seed)).toEqual([7, 8, 70, 10, 11])
  const changed = jobsOf(after!).filter(({ jobId }, index) => jobId !== jobsOf(before!)[index]!.jobId)
  expect(changed.map(({ workflowNumber }) => workflowNumber)).toEqual([5, 6, 7, 8, 9, 10, 13, 14, 15])
})

it.each<[string, number, Record<number, number>, string]>([
  ['one', 400, { 2: 5, 99: 70 }, '--chunk-seed 99:70 has no effect: the last chunk is 4.'],
  ['several', 400, { 6: 5, 99: 70 }, '--chunk-seed 6:5 and --chunk-seed 99:70 have no effect: the last chunk is 4.'],
  ['a second one', 81, { 2: 5 }, '--chunk-seed 2:5 has no effect: the film has one chunk.'],
])('warns of a seed for a chunk that the film does not have: %s', (_, totalFrames, chunkSeeds, warning) => {
  expect(makePlan({ ...prompt, totalFrames }, { ...settings, chunkSeeds }, jobId).warnings).toContain(warning)
})
