import { join } from 'node:path'
import { expect, it } from 'vitest'
import { loadTemplates } from '../../src/config/templates.ts'
import type { PromptOverrides } from '../../src/domain/prompt.ts'
import { inputDigests } from '../../src/planning/plan-prompts.ts'
import { temporaryFolder } from '../support/rehearse.ts'

const folder = temporaryFolder({ one: 'one', other: 'other', 'again/one': 'one' })
const of = (overrides: PromptOverrides) =>
  inputDigests(
    {
      file: 'otter.yaml',
      videoName: 'otter',
      totalFrames: 9,
      positivePrompt: 'An otter.',
      negativePrompt: '',
      overrides,
    },
    null,
  )

it('has nothing to say of a prompt alone', async () => {
  expect(await of({ seed: 7 })).toEqual({ render: null, combine: null })
})

it.each(['referenceImage', 'controlVideo'] as const)('tells a %s by its content, not by its path', async (key) => {
  const [one, same, other] = await Promise.all(
    ['one', 'again/one', 'other'].map((name) => of({ [key]: join(folder, name) })),
  )
  expect(one!.render).toMatch(/^[0-9a-f]{64}$/)
  expect(same).toEqual(one)
  expect(other!.render).not.toBe(one!.render)
  expect([one!.combine, other!.combine]).toEqual([null, null])
})

it('tells the two templates apart', async () => {
  const templates = await loadTemplates('fixtures/workflows/vhs')
  const prompt = { file: 'a', videoName: 'a', totalFrames: 9, positivePrompt: 'a', negativePrompt: '', overrides: {} }
  const own = await inputDigests(prompt, templates)
  const mended = await inputDigests(prompt, {
    ...templates,
    combine: { ...templates.combine, 99: { class_type: 'Note', inputs: {} } },
  })
  expect(mended.render).toBe(own.render)
  expect(mended.combine).not.toBe(own.combine)
})
