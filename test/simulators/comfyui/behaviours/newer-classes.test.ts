import { expect, it } from 'vitest'
import type { Graph, GraphNode } from '../../../../src/domain/graph.ts'
import { defineBehaviour } from '../../../../src/index.ts'
import { type ComfyuiKnowledge, comfyuiKnowledge } from '../../../../src/recording/comfyui-knowledge.ts'
import { loadRecording } from '../../../../src/recording/load-recording.ts'
import { comfyuiSimulator } from '../../../../src/simulators/comfyui/simulator.ts'
import { virtualClock } from '../../../../src/simulators/virtual-clock.ts'
import { openCaseServer } from '../../../conformance/case-server.ts'

const recording = await loadRecording('fixtures/conformance-0.29/comfyui.har')
const of029 = comfyuiKnowledge(recording.entries)

interface Entry {
  readonly outputs: Readonly<Record<string, Readonly<Record<string, unknown>>>>
  readonly status: { readonly messages: ReadonlyArray<readonly [string, Readonly<Record<string, unknown>>]> }
}

async function run(knowledge: ComfyuiKnowledge, ...graphs: Graph[]) {
  const clock = virtualClock(Date.UTC(2026, 10, 30), 0)
  const simulator = comfyuiSimulator({ knowledge, clock, newId: () => crypto.randomUUID() })
  const server = openCaseServer(simulator)
  let entry: Entry | undefined
  for (const prompt of graphs) entry = (await server.prompt('c', { prompt })).history as Entry
  const error = entry?.status.messages.find(([type]) => type === 'execution_error')?.[1]
  return {
    simulator,
    outputs: entry?.outputs ?? {},
    error: error && `${error['exception_type']}: ${String(error['exception_message']).trim()}`,
    texts: Object.fromEntries(Object.entries(entry?.outputs ?? {}).map(([id, { text }]) => [id, text])),
  }
}

const node = (class_type: string, inputs: GraphNode['inputs']): GraphNode => ({ class_type, inputs })
const show = (id: string, slot = 0) => node('PreviewAny', { source: [id, slot] })
const image = (width = 64, height = 48, batch_size = 1) => node('EmptyImage', { width, height, batch_size, color: 0 })
const size = (id: string) =>
  node('VHS_VideoCombine', {
    images: [id, 0],
    frame_rate: 8,
    loop_count: 0,
    filename_prefix: 'v',
    format: 'video/h264-mp4',
    pingpong: false,
    save_output: true,
  })

it('gives a class what its editor made up for it', async () => {
  const combo = node('CustomCombo', { choice: 'b', index: 1, option1: 'a', option2: 'b' })
  expect((await run(of029, { 1: combo, 2: show('1'), 3: show('1', 1) })).texts).toEqual({ 2: ['b'], 3: ['1'] })
})

it('resizes by each option', async () => {
  const resized = async (inputs: GraphNode['inputs']) => {
    const resize = node('ResizeImageMaskNode', { input: ['1', 0], scale_method: 'area', ...inputs })
    const { simulator } = await run(of029, { 1: image(), 2: resize, 3: size('2') })
    const film = simulator.files.find('v_00001.mp4 [output]')!.content
    return film.kind === 'video' ? `${film.images.width}x${film.images.height}` : film.kind
  }
  const dimensions = { resize_type: 'scale dimensions', 'resize_type.crop': 'center' }
  expect([
    await resized({ ...dimensions, 'resize_type.width': 32, 'resize_type.height': 16 }),
    await resized({ ...dimensions, 'resize_type.width': 32, 'resize_type.height': 0 }),
    await resized({ resize_type: 'scale by multiplier', 'resize_type.multiplier': 0.5 }),
    await resized({ resize_type: 'scale longer dimension', 'resize_type.longer_size': 128 }),
    await resized({ resize_type: 'scale shorter dimension', 'resize_type.shorter_size': 24 }),
    await resized({ resize_type: 'scale height', 'resize_type.height': 96 }),
    await resized({ resize_type: 'match size', 'resize_type.match': ['1', 0], 'resize_type.crop': 'center' }),
    await resized({ resize_type: 'scale to multiple', 'resize_type.multiple': 32 }),
  ]).toEqual(['32x16', '32x24', '32x24', '128x96', '32x24', '128x96', '64x48', '64x32'])
})

it('joins what an autogrown input was given', async () => {
  const batch = node('BatchImagesNode', { 'images.image0': ['1', 0], 'images.image1': ['2', 0] })
  const { simulator } = await run(of029, { 1: image(), 2: image(8, 8, 3), 3: batch, 4: size('3') })
  const film = simulator.files.find('v_00001.mp4 [output]')!.content
  expect(film).toMatchObject({
    kind: 'video',
    images: { width: 64, height: 48, segments: [{ frames: 1 }, { frames: 3 }] },
  })
})

it('fails on a value without a shape as Python does', async () => {
  const latent = node('EmptyLatentImage', { width: 64, height: 64, batch_size: 1 })
  const resize = node('ResizeImageMaskNode', {
    input: ['1', 0],
    resize_type: 'scale by multiplier',
    'resize_type.multiplier': 0.5,
    scale_method: 'area',
  })
  expect((await run(of029, { 1: latent, 2: resize, 3: size('2') })).error).toBe(
    "AttributeError: 'dict' object has no attribute 'shape'",
  )
})

it('fails on an option that came over a link', async () => {
  const resize = (resize_type: GraphNode['inputs'][string]) =>
    node('ResizeImageMaskNode', { input: ['1', 0], scale_method: 'area', resize_type, 'resize_type.multiplier': 0.5 })
  const linked = { 1: image(), 2: node('PrimitiveString', { value: 'scale by multiplier' }), 3: resize(['2', 0]) }
  expect((await run(of029, { ...linked, 4: size('3') })).error).toBe(
    "TypeError: string indices must be integers, not 'str'",
  )
  expect((await run(of029, { 1: image(), 3: resize('nothing like it'), 4: size('3') })).error).toBe(
    "TypeError: ResizeImageMaskNode.execute() missing 1 required positional argument: 'resize_type'",
  )
})

it('names files as the recorded server does, and counts those without an underscore', async () => {
  const sound = node('EmptyAudio', { duration: 0.5, sample_rate: 44100, channels: 2 })
  const save = (format: string, more: GraphNode['inputs'] = {}) =>
    node('SaveAudioAdvanced', { audio: ['1', 0], filename_prefix: 'a', format, ...more })
  const text = node('SaveText', { text: ['2', 0], filename_prefix: 'a', format: 'txt' })
  const words = node('PrimitiveString', { value: 'hello' })
  const { outputs, simulator } = await run(
    of029,
    { 1: sound, 3: save('flac') },
    { 1: sound, 2: words, 3: save('opus', { 'format.quality': '64k' }), 4: text },
  )
  expect(outputs).toEqual({
    3: { audio: [{ filename: 'a_00002.opus', subfolder: '', type: 'output' }] },
    4: { text: ['hello'], files: [{ filename: 'a_00003.txt', subfolder: '', type: 'output' }] },
  })
  expect(simulator.files.list('output').map(({ filename }) => filename)).toEqual([
    'a_00001.flac',
    'a_00002.opus',
    'a_00003.txt',
  ])
})

it('leaves what VideoHelperSuite leaves: the film without its sound, and the metadata', async () => {
  const sound = node('EmptyAudio', { duration: 0.5, sample_rate: 44100, channels: 2 })
  const combine = size('1')
  const { outputs, simulator } = await run(of029, {
    1: image(),
    2: sound,
    3: { ...combine, inputs: { ...combine.inputs, audio: ['2', 0] } },
  })
  expect(outputs['3']).toMatchObject({
    gifs: [{ filename: 'v_00001-audio.mp4', fullpath: '/comfy/output/v_00001-audio.mp4' }],
  })
  expect([...simulator.files.list('output'), ...simulator.files.list('temp')].map(({ filename }) => filename)).toEqual([
    'v_00001.png',
    'v_00001.mp4',
    'v_00001-audio.mp4',
    'metadata.txt',
  ])
})

it('answers a node as it was recorded, and says which class it had to make up', async () => {
  // A class that nobody has written down.
  const renamed = (bytes: Uint8Array) =>
    Buffer.from(Buffer.from(bytes).toString().replaceAll('StringConcatenate', 'Glue'))
  const entries = recording.entries.map((entry) => ({
    ...entry,
    requestBody: () => renamed(entry.requestBody()),
    responseBody: () => renamed(entry.responseBody()),
  }))
  const taught = comfyuiKnowledge(entries)
  const glue = (string_a: string) => node('Glue', { string_a, string_b: 'b', delimiter: '-' })
  const recorded = await run(taught, { 1: glue('a'), 2: show('1') })
  expect([recorded.texts, recorded.simulator.report().madeUp]).toEqual([{ 2: ['a-b'] }, []])
  const other = await run(taught, { 1: glue('c'), 2: show('1') })
  expect([other.texts, other.simulator.report().madeUp]).toEqual([{ 2: [''] }, ['Glue']])
})

it('gives a node the token that the queue does not show', async () => {
  const ask = defineBehaviour({
    classType: 'Ask',
    inputTypes: { required: {}, hidden: { key: 'API_KEY_COMFY_ORG' } },
    outputNode: true,
    run: (inputs) => ({ ui: { text: [inputs.text('key')] } }),
  })
  const clock = virtualClock(0, 0)
  const simulator = comfyuiSimulator({ knowledge: of029, clock, newId: () => crypto.randomUUID(), behaviours: [ask] })
  const extra = { extra_data: { api_key_comfy_org: 'k' } }
  const { history } = await openCaseServer(simulator).prompt('c', { prompt: { 1: node('Ask', {}) }, extra })
  expect(history).toMatchObject({ outputs: { 1: { text: ['k'] } } })
  expect(JSON.stringify((history as { prompt: unknown }).prompt)).not.toContain('api_key_comfy_org')
})
