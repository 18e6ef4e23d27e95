import { expect, it } from 'vitest'
import type { Graph, GraphNode } from '../../../../src/domain/graph.ts'
import { readMp4 } from '../../../../src/simulators/media/read-mp4.ts'
import { freshSimulator, ORIGIN, openSocket } from '../reach-simulator.ts'

/** Runs graphs one after the other on one server and tells what became of the last. */
async function run(...graphs: Graph[]) {
  const simulator = freshSimulator()
  const { frames } = openSocket(simulator, '/ws?clientId=c1')
  for (const prompt of graphs) {
    const response = await simulator.http(
      new Request(`${ORIGIN}/prompt`, { method: 'POST', body: JSON.stringify({ prompt, client_id: 'c1' }) }),
    )
    if (response.status !== 200) throw new Error(await response.text())
    await expect.poll(() => simulator.report().remaining, { interval: 1 }).toBe(0)
  }
  const error = frames.findLast((frame) => String(frame).includes('"execution_error"'))
  const data = error === undefined ? null : JSON.parse(String(error)).data
  const executed = frames.findLast((frame) => String(frame).includes('"executed"'))
  return {
    text: executed === undefined ? null : JSON.parse(String(executed)).data.output?.text,
    files: simulator.files,
    error: data && { node: data.node_type, type: data.exception_type, message: data.exception_message },
    content: (name: string) => simulator.files.find(`${name} [output]`)?.content,
  }
}

const node = (class_type: string, inputs: GraphNode['inputs']): GraphNode => ({ class_type, inputs })

interface Size {
  readonly width?: number
  readonly height?: number
  readonly length?: number
  readonly seed?: number
}

const base = ({ width = 64, height = 48, length = 9 }: Size): Graph => ({
  unet: node('UnetLoaderGGUF', { unet_name: 'Wan2.2_T2V_High_Noise_14B_VACE-Q8_0.gguf' }),
  clip: node('CLIPLoader', { clip_name: 'umt5_xxl_fp8_e4m3fn_scaled.safetensors', type: 'wan', device: 'default' }),
  text: node('CLIPTextEncode', { text: 'an otter', clip: ['clip', 0] }),
  vae: node('VAELoader', { vae_name: 'wan_2.1_vae.safetensors' }),
  vace: node('WanVaceToVideo', {
    positive: ['text', 0],
    negative: ['text', 0],
    vae: ['vae', 0],
    width,
    height,
    length,
    batch_size: 1,
    strength: 1,
  }),
})

const sampler = (latent: GraphNode['inputs'][string], seed: number, noise: boolean): GraphNode =>
  node('KSamplerAdvanced', {
    model: ['unet', 0],
    add_noise: noise ? 'enable' : 'disable',
    noise_seed: seed,
    steps: 4,
    cfg: 1,
    sampler_name: 'euler',
    scheduler: 'simple',
    positive: ['vace', 0],
    negative: ['vace', 1],
    latent_image: latent,
    start_at_step: noise ? 0 : 2,
    end_at_step: noise ? 2 : 10_000,
    return_with_leftover_noise: noise ? 'enable' : 'disable',
  })

const high = (name: string, size: Size = {}): Graph => ({
  ...base(size),
  sample: sampler(['vace', 2], size.seed ?? 1, true),
  save: node('SaveLatent', { samples: ['sample', 0], filename_prefix: name }),
})

const low = (latent: string, video: string, size: Size = {}, codec = 'h264'): Graph => ({
  ...base(size),
  load: node('LoadLatent', { latent: `${latent}_00001_.latent [output]` }),
  sample: sampler(['load', 0], size.seed ?? 1, false),
  trim: node('TrimVideoLatent', { samples: ['sample', 0], trim_amount: ['vace', 3] }),
  decode: node('VAEDecode', { samples: ['trim', 0], vae: ['vae', 0] }),
  film: node('CreateVideo', { images: ['decode', 0], fps: 16 }),
  save: node('SaveVideo', { video: ['film', 0], filename_prefix: video, format: 'mp4', codec }),
})

const join = (one: string, other: string, keep: number): Graph => ({
  a: node('LoadVideo', { file: `${one}_00001_.mp4 [output]` }),
  b: node('LoadVideo', { file: `${other}_00001_.mp4 [output]` }),
  as: node('GetVideoComponents', { video: ['a', 0] }),
  bs: node('GetVideoComponents', { video: ['b', 0] }),
  cut: node('ImageFromBatch', { image: ['as', 0], batch_index: 0, length: keep }),
  both: node('ImageBatch', { image1: ['cut', 0], image2: ['bs', 0] }),
  film: node('CreateVideo', { images: ['both', 0], fps: ['as', 2] }),
  save: node('SaveVideo', { video: ['film', 0], filename_prefix: 'film', format: 'mp4', codec: 'h264' }),
})

it.each([
  [1, 1],
  [9, 3],
  [101, 26],
  [153, 39],
])('makes latents for %i frames with %i latent frames, and as many frames of them again', async (length, latents) => {
  const { content } = await run(high('h', { length }), low('h', 'v', { length }))
  expect(content('h_00001_.latent')).toMatchObject({ kind: 'latent', shape: [1, 16, latents, 6, 8] })
  expect(content('v_00001_.mp4')).toMatchObject({
    kind: 'video',
    fps: 16,
    images: { width: 64, height: 48, segments: [{ frames: length }] },
  })
})

it('gives every chunk its colour, and shows in the film where frames came from', async () => {
  const chunks = [high('h1'), low('h1', 'v1'), high('h2', { seed: 2 }), low('h2', 'v2', { seed: 2 })]
  const { content } = await run(...chunks, join('v1', 'v2', 7))
  const colour = (name: string) => {
    const found = content(name)
    return found && 'images' in found ? found.images?.segments[0]?.colour : undefined
  }
  const [one, two] = [colour('v1_00001_.mp4'), colour('v2_00001_.mp4')]
  expect(one).not.toBe(two)
  expect(colour('h1_00001_.latent')).toBe(one)
  expect(content('film_00001_.mp4')).toMatchObject({
    fps: 16,
    images: {
      segments: [
        { frames: 7, colour: one },
        { frames: 9, colour: two },
      ],
    },
  })
})

it('fails in the words of the server when latent and conditioning have different sizes', async () => {
  const { error } = await run(high('h', { width: 96, height: 96 }), low('h', 'v', { width: 64, height: 64 }))
  expect(error).toEqual({
    node: 'KSamplerAdvanced',
    type: 'RuntimeError',
    message: 'The size of tensor a (108) must match the size of tensor b (48) at non-singleton dimension 1\n',
  })
})

it.each([
  [low('h', 'v', {}, 'h265'), 'SaveVideo', 'ValueError', 'Only H264 codec is supported for now\n'],
  [low('h', '../out'), 'SaveVideo', 'Exception', expect.stringContaining('Saving image outside the output folder')],
  [
    { a: node('SaveImage', { images: null, filename_prefix: 'x' }) },
    'SaveImage',
    'TypeError',
    "'NoneType' object is not subscriptable\n",
  ],
])('fails where the server fails: %#', async (graph: Graph, failing: string, type: string, message: unknown) => {
  const { error } = await run(high('h'), graph)
  expect(error).toEqual({ node: failing, type, message })
})

it('carries a VideoHelperSuite film through load and combine', async () => {
  const images = node('EmptyImage', { width: 32, height: 32, batch_size: 9, color: 255 })
  const combine = (from: string): GraphNode =>
    node('VHS_VideoCombine', {
      images: [from, 0],
      frame_rate: 8,
      loop_count: 0,
      filename_prefix: 'vhs',
      format: 'video/h264-mp4',
      pingpong: false,
      save_output: true,
    })
  const { content, files, error } = await run({ images, save: combine('images') })
  expect(error).toBeNull()
  expect(files.list('output').map(({ filename }) => filename)).toEqual(['vhs_00001.png', 'vhs_00001.mp4'])
  expect(content('vhs_00001.mp4')).toMatchObject({ kind: 'video', fps: 8, images: { segments: [{ frames: 9 }] } })
})

it('saves a WEBM that plays with the frames, the rate and the even size of the graph', async () => {
  const { files } = await run({
    still: node('EmptyImage', { width: 63, height: 48, batch_size: 5, color: 255 }),
    save: node('SaveWEBM', { images: ['still', 0], filename_prefix: 'w', codec: 'vp9', fps: 24, crf: 32 }),
  })
  const facts = readMp4(files.find('w_00001_.webm [output]')!.bytes)
  expect(facts).toMatchObject({ fps: 24, images: { width: 64, height: 48, segments: [{ frames: 5 }] } })
})

it.each([
  [{ __value__: [1, 'a', null, 1.5, { b: true }] }, '[1, "a", null, 1.5, {"b": true}]'],
  [{ a: 'é' }, '{"a": "\\u00e9"}'],
  ['é', 'é'],
  [true, 'True'],
  [null, 'None'],
])('previews %j', async (source, text) => {
  const { text: shown } = await run({ any: node('PreviewAny', { source }) })
  expect(shown).toEqual([text])
})
