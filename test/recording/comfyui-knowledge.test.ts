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
  expect(knowledge.classes.get('CLIPTextEncode')).toMatchObject({ runs: 2, stepMs: null, members: [] })
  expect(knowledge.classes.get('CLIPTextEncode')!.ms).toBeGreaterThan(25_000)
})

it('learns what output classes write', () => {
  expect(knowledge.classes.get('SaveVideo')).toMatchObject({
    members: [
      {
        kind: 'files',
        key: 'images',
        extension: 'mp4',
        type: 'output',
        isPlain: false,
        extensionInput: 'format',
        more: {},
      },
      { kind: 'values', key: 'animated', values: [{ value: true }] },
    ],
  })
  expect(knowledge.classes.get('SaveLatent')).toMatchObject({
    members: [{ kind: 'files', key: 'latents', extension: 'latent', type: 'output', isPlain: false }],
  })
})

it('learns how Python names the function of a class from an error about its arguments', () => {
  const failing = (exception_message: string) =>
    entries.map((entry) => {
      if (!entry.frames) return entry
      const frames = Array.from(entry.frames, (frame) => {
        const text = Buffer.from(frame.data()).toString()
        if (!text.includes('"executed"') || !text.includes('"latents"')) return frame
        const { prompt_id, node } = JSON.parse(text).data
        const data = { prompt_id, node_id: node, exception_message }
        return { ...frame, data: () => Buffer.from(JSON.stringify({ type: 'execution_error', data })) }
      })
      return { ...entry, frames }
    })
  const learnt = (message: string) => comfyuiKnowledge(failing(message)).classes.get('SaveLatent')!.functionName
  expect(knowledge.classes.get('SaveLatent')!.functionName).toBe(null)
  expect(learnt("SaveLatent.save() got an unexpected keyword argument 'x'\n")).toBe('SaveLatent.save')
  expect(learnt("SaveLatent.check_lazy_status() got an unexpected keyword argument 'x'\n")).toBe(null)
  expect(learnt('boom() is what it said\n')).toBe(null)
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

const of029 = comfyuiKnowledge((await loadRecording('fixtures/conformance-0.29/comfyui.har')).entries)

it('learns what classes show besides files, and how newer ones name theirs', () => {
  const members = (name: string) => of029.classes.get(name)!.members
  expect(members('SaveText')).toEqual([
    { kind: 'values', key: 'text', values: [{ input: 'text' }] },
    {
      kind: 'files',
      key: 'files',
      extension: 'md',
      type: 'output',
      isPlain: true,
      stem: 'txt',
      extensionInput: 'format',
      more: {},
    },
  ])
  expect(members('VHS_VideoCombine')[0]).toMatchObject({
    key: 'gifs',
    more: { format: 'video/h264-mp4', frame_rate: 8 },
  })
})

it('learns steps that a server did not tell one by one', () => {
  const { steps, stepMs } = of029.classes.get('VHS_VideoCombine')!
  expect(steps).toBe(5)
  expect(stepMs).toBeGreaterThan(0)
})

it('learns what outputs gave from the nodes that showed it', () => {
  expect([...of029.computed.values()].toSorted()).toEqual(['18.5', '2', '8', 'True', 'a-b', 'x'])
  expect([...of029.shown.values()]).toContainEqual({ text: ['18.5'] })
})
