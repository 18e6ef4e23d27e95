import { expect, it } from 'vitest'
import { jobChanges } from '../../../src/domain/approval/job-changes.ts'
import { jobId } from '../../../src/domain/ids.ts'
import { makePlan } from '../../../src/domain/make-plan.ts'
import type { Plan } from '../../../src/domain/plan.ts'
import type { PlanSettings } from '../../../src/domain/plan-values.ts'
import type { Prompt } from '../../../src/domain/prompt.ts'

const settings: PlanSettings = {
  ...{
    framesPerChunk: 13,
    width: 64,
    height: 64,
    fps: 16,
    steps: 8,
    cfg: 1,
    seed: 100,
    chunkSeeds: {},
    combine: 'chain',
    given: {},
  },
  models: { highModel: 'h', lowModel: 'l', highLora: 'hl', lowLora: 'll', textEncoder: 't', vae: 'v' },
}
const prompt: Prompt = {
  ...{ file: 'otter.txt', videoName: 'otter', totalFrames: 26, positivePrompt: 'An otter', negativePrompt: '' },
  overrides: {},
}

/** HIGH and LOW of two chunks 1 to 4, combine 5 and 6; `files` stands for what is in the user's own files. */
function plan(change: Partial<PlanSettings> = {}, more: Partial<Prompt> = {}, files = ''): Plan {
  return makePlan({ ...prompt, ...more }, { ...settings, ...change }, (content) => jobId(content + files))
}

const changes = (now: Plan, before: Plan | null = plan()) =>
  [...jobChanges(now, before)].map(([number, texts]) => `${number}: ${texts.join(', ')}`)

it('finds the same jobs in the same plan', () => {
  expect(changes(plan())).toEqual(['1: ', '2: ', '3: ', '4: ', '5: ', '6: '])
})

it('takes every job for new where there was no plan', () => {
  expect(changes(plan(), null)).toEqual(['1: new', '2: new', '3: new', '4: new', '5: new', '6: new'])
})

it('tells what changed in a chunk, and what only follows from it', () => {
  expect(changes(plan({ chunkSeeds: { 2: 7 } }))).toEqual([
    ...['1: ', '2: ', '3: seed 101 → 7', '4: seed 101 → 7', '5: ', '6: job 4 changed'],
  ])
})

it('tells of a model of one pass', () => {
  expect(changes(plan({ models: { ...settings.models, lowModel: 'l2' } }))).toEqual([
    ...['1: ', '2: LOW model l → l2', '3: job 2 changed', '4: LOW model l → l2'],
    ...['5: job 2 changed', '6: job 4 and 5 changed'],
  ])
})

it('tells that a text changed, and not to what', () => {
  expect(changes(plan({}, { positivePrompt: 'Two otters' }))[0]).toBe('1: prompt changed')
})

it('takes a chunk that was not there for new', () => {
  expect(changes(plan({}, { totalFrames: 39 }))).toEqual([
    ...['1: ', '2: ', '3: ', '4: ', '5: new', '6: new', '7: ', '8: ', '9: new'],
  ])
})

it('suspects files of the user where nothing else changed', () => {
  expect(changes(plan({}, {}, 'other'))[0]).toBe('1: a template or an input file changed')
})
