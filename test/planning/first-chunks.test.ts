import { expect, it } from 'vitest'
import { loadSettings } from '../../src/config/settings.ts'
import { loadTemplates } from '../../src/config/templates.ts'
import { planPrompts } from '../../src/planning/plan-prompts.ts'
import { promptFile, temporaryFolder } from '../support/rehearse.ts'

const cwd = temporaryFolder({
  'prompt_files/a.txt': promptFile('a', 202),
  'prompt_files/b.txt': promptFile('b', 220),
  'prompt_files/c.txt': promptFile('c', 101),
})

/** `a: 101, 101` for each video. */
async function chunksOf(most?: number) {
  const { settings } = await loadSettings({ 'prompt-dir': `${cwd}/prompt_files` }, {}, cwd)
  const plans = await planPrompts(settings, await loadTemplates(null), most)
  return plans.map(({ videoName, chunks }) => `${videoName}: ${chunks.map(({ keepFrames }) => keepFrames).join(', ')}`)
}

it('plans the first chunks of all videos together', async () => {
  expect(await chunksOf()).toEqual(['a: 101, 101', 'b: 74, 73, 73', 'c: 101'])
  expect(await chunksOf(1)).toEqual(['a: 101'])
  expect(await chunksOf(2)).toEqual(['a: 101, 101'])
  expect(await chunksOf(4)).toEqual(['a: 101, 101', 'b: 74, 73'])
  expect(await chunksOf(99)).toEqual(await chunksOf())
})

it('makes of a chunk the same job as the whole film does', async () => {
  const { settings } = await loadSettings({ 'prompt-dir': `${cwd}/prompt_files` }, {}, cwd)
  const templates = await loadTemplates(null)
  const [whole, cut] = [await planPrompts(settings, templates), await planPrompts(settings, templates, 4)]
  const jobIds = cut[1]!.passes.flatMap(({ high, low }) => [high.jobId, low.jobId])
  expect(whole[1]!.passes.flatMap(({ high, low }) => [high.jobId, low.jobId]).slice(0, 4)).toEqual(jobIds)
})
