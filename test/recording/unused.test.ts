import { expect, it } from 'vitest'
import { loadRecording } from '../../src/recording/load-recording.ts'
import { unusedPrompts, unusedRecording } from '../../src/recording/unused.ts'
import { failure } from '../support/failure.ts'

it('names the recorded prompts of which nothing ran', async () => {
  const { entries } = await loadRecording('wan22-two-chunks')
  expect(unusedPrompts(entries, new Set(['KSamplerAdvanced', 'LoadVideo']))).toEqual([])
  const combine = ['CreateVideo', 'GetVideoComponents', 'ImageBatch', 'LoadVideo', 'SaveVideo']
  const unused = unusedPrompts(entries, new Set(['KSamplerAdvanced']))
  expect(unused).toEqual([5, 6].map((prompt) => ({ prompt, classes: combine })))
  const thrown = await failure(() => {
    throw unusedRecording('films', unused, 'otter.txt')
  })
  expect(thrown).toEqual({
    code: 'PR_UNUSED_RECORDING',
    message: '2 recorded prompts of films stayed unused',
    hint: 'take a recording of what this run does with `pr record --prompt-file otter.txt --name mine`, or leave --strict out',
    problems: [5, 6].map((prompt) => ({ file: `prompt ${prompt}`, message: `nothing ran of ${combine.join(', ')}` })),
  })
})
