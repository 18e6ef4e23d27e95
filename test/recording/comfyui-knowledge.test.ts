import { expect, it } from 'vitest'
import { PromptRunnerError } from '../../src/errors.ts'
import { comfyuiKnowledge } from '../../src/recording/comfyui-knowledge.ts'
import { loadRecording } from '../../src/recording/load-recording.ts'

const { entries } = await loadRecording('wan22-two-chunks')
const knowledge = comfyuiKnowledge(entries)

it('learns the server from its own words', () => {
  expect([knowledge.version, knowledge.device]).toEqual(['0.3.64', 'cpu'])
  expect(knowledge.argv.slice(-2)).toEqual(['--preview-method', 'auto'])
  expect(Object.keys(JSON.parse(knowledge.objectInfo)).length).toBeGreaterThan(400)
})

it('learns how long a class takes, steps apart from the rest, and at which size', () => {
  const { runs, ms, stepMs, volume } = knowledge.classes.get('KSamplerAdvanced')!
  expect([runs, volume]).toEqual([4, 64 * 64 * 9])
  expect(stepMs).toBeGreaterThan(20)
  expect(ms).toBeLessThan(20)
  expect(knowledge.classes.get('CLIPTextEncode')).toMatchObject({ runs: 2, stepMs: null, files: [] })
  expect(knowledge.classes.get('CLIPTextEncode')!.ms).toBeGreaterThan(25_000)
})

it('learns what output classes write', () => {
  expect(knowledge.classes.get('SaveVideo')).toMatchObject({
    files: [{ key: 'images', extension: 'mp4', type: 'output' }],
    animated: true,
  })
  expect(knowledge.classes.get('SaveLatent')).toMatchObject({
    files: [{ key: 'latents', extension: 'latent', type: 'output' }],
    animated: null,
  })
})

it('knows nothing of classes that were not seen running', () => {
  expect(knowledge.classes.has('KSampler')).toBe(false)
})

it('keeps answers by path and query, the /api prefix aside', () => {
  expect(knowledge.answers.get('/features')).toMatchObject({
    status: 200,
    contentType: 'application/json; charset=utf-8',
  })
  const below = entries.map((entry) => ({
    ...entry,
    url: new URL(`/api${entry.url.pathname}${entry.url.search}`, entry.url),
  }))
  expect([...comfyuiKnowledge(below).answers.keys()]).toEqual([...knowledge.answers.keys()])
})

it('says what to do when a recording has no node classes', () => {
  const without = entries.filter(({ url }) => url.pathname !== '/object_info')
  expect(() => comfyuiKnowledge(without)).toThrow(PromptRunnerError)
  expect(() => comfyuiKnowledge(without)).toThrow('the recording has no GET /object_info, so it teaches no node class')
})
