import { expect, it } from 'vitest'
import { flagOf } from '../../src/config/setting.ts'
import type { Flags } from '../../src/config/setting-reader.ts'
import { loadSettings } from '../../src/config/settings.ts'
import { jobId } from '../../src/domain/ids.ts'
import { limits, nearestWithin, type PlanNumber, planNumbers } from '../../src/domain/limits.ts'
import { makePlan } from '../../src/domain/make-plan.ts'
import { newFolder } from '../cli/run-pr.ts'
import { failure } from '../support/failure.ts'
import { prompt as lighthouse, planSettings } from '../support/lighthouse.ts'
import { fc } from '../support/seeded.ts'

/** One chunk: all of a film's seeds then stand in the settings. */
const prompt = { ...lighthouse, totalFrames: 1 }
const cwd = newFolder()

it('names the legal sizes around one that is not', () => {
  const nearest = [850, 848, 3, 20_000].map((size) => nearestWithin(limits.width, size))
  expect(nearest).toEqual([[848, 864], [848], [16], [16_384]])
})

it.each(planNumbers)('plans with every %s that the settings accept, and with no other', async (name) => {
  const { smallest, largest, step } = limits[name]
  const near = [smallest, largest].flatMap((end) => [-1, -0.5, 0, 0.5, 1, step ?? 0].map((more) => end + more))
  const number = fc.oneof(
    fc.constantFrom(...near, Number.NaN, Infinity, -Infinity, -0),
    fc.integer({ min: smallest - 20, max: largest }),
    fc.double(),
  )
  await fc.assert(
    fc.asyncProperty(number, async (value) => {
      const [settings, plan] = [await bySettings({ [flagOf(name)]: value }), byPlan(name, value)]
      expect({ value, settings }).toEqual({ value, settings: plan })
    }),
  )
})

async function bySettings(flags: Flags): Promise<boolean> {
  return loadSettings(flags, {}, cwd).then(
    () => true,
    () => false,
  )
}

/** Whether a prompt file may say so. */
function byPlan(name: PlanNumber, value: number): boolean {
  try {
    makePlan({ ...prompt, overrides: { [name]: value } }, planSettings, jobId)
    return true
  } catch {
    return false
  }
}

it.each([
  [{ seed: { file: '--seed' } }, {}, { file: '--seed' }],
  [{ seed: { file: 'pr.config.yaml', line: 3 } }, {}, { file: 'pr.config.yaml', line: 3 }],
  [{ seed: { file: '--seed' } }, { seed: limits.seed.largest }, { file: prompt.file, line: 4 }],
])('names where a value came from that no plan can be made with: %o', async (given, overrides, place) => {
  const several = { ...prompt, totalFrames: 500, overrides, lines: { seed: 4 } }
  const refused = await failure(() => makePlan(several, { ...planSettings, seed: limits.seed.largest, given }, jobId))
  expect(refused.problems).toEqual([
    {
      ...place,
      message: 'seed must be a whole number from 0 to 9007199254740987.',
      value: limits.seed.largest,
      hint: 'Each chunk counts the seed on by one, and all must stay below 2^53 to pass through JSON unchanged.',
    },
  ])
})
