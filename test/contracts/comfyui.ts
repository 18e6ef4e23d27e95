import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import type { Graph } from '../../src/domain/graph.ts'
import { CLIENT, connected, type ReachedServer } from './comfyui-connection.ts'

export type { ReachedServer, ReachedSocket } from './comfyui-connection.ts'

const still: Graph = {
  '1': { class_type: 'EmptyImage', inputs: { width: 64, height: 32, batch_size: 1, color: 255 } },
  '2': { class_type: 'SaveImage', inputs: { images: ['1', 0], filename_prefix: 'still/one' } },
}

/** Long enough that a request finds it running, however fast the clock. */
const render = JSON.parse(readFileSync('fixtures/comfyui/interrupted.json', 'utf8')) as { prompt: Graph }
const long: Graph = {
  ...render.prompt,
  '10': { ...render.prompt['10']!, inputs: { ...render.prompt['10']!.inputs, steps: 10_000, end_at_step: 10_000 } },
}

/** What ComfyUI answers and sends, whoever asks and over whatever network. */
export function comfyuiContract(name: string, reach: () => Promise<ReachedServer>): void {
  it(`${name}: runs a prompt and tells of it in order`, async () => {
    const server = await connected(reach)
    expect(await server.post('/prompt', { prompt: still, client_id: CLIENT, prompt_id: 'p-1' })).toEqual({
      status: 200,
      body: { prompt_id: 'p-1', number: 0, node_errors: {} },
    })
    await server.ended('p-1')
    expect(
      server.messages().map(({ type, data }) => (data.node === undefined ? type : `${type} ${data.node}`)),
    ).toEqual([
      'status',
      'status',
      'status',
      'execution_start',
      'execution_cached',
      'progress_state',
      'executing 1',
      'progress_state',
      'progress_state',
      'executing 2',
      'executed 2',
      'progress_state',
      'execution_success',
      'status',
      'executing null',
    ])
  })

  it(`${name}: has the history entry when it says that nothing executes any more`, async () => {
    const server = await connected(reach)
    await server.post('/prompt', { prompt: still, client_id: CLIENT, prompt_id: 'p-1' })
    await server.ended('p-1')
    const outputs = { '2': { images: [{ filename: 'one_00001_.png', subfolder: 'still', type: 'output' }] } }
    const meta = { '2': { node_id: '2', display_node: '2', parent_node: null, real_node_id: '2' } }
    const { body } = await server.get('/history/p-1')
    const entry = (body as Record<string, { status: { messages: [string, unknown][] } }>)['p-1']!
    expect(body).toMatchObject({ 'p-1': { outputs, meta, status: { status_str: 'success', completed: true } } })
    expect(Object.keys(entry)).toEqual(['prompt', 'outputs', 'status', 'meta'])
    expect(entry.status.messages.map(([type]) => type)).toEqual([
      'execution_start',
      'execution_cached',
      'execution_success',
    ])
    expect(await server.get('/history/unknown')).toEqual({ status: 200, body: {} })
  })

  it(`${name}: serves a repeated prompt from the cache, with the old file names`, async () => {
    const server = await connected(reach)
    for (const id of ['p-1', 'p-2']) {
      await server.post('/prompt', { prompt: still, client_id: CLIENT, prompt_id: id })
      await server.ended(id)
    }
    const second = server.messages().filter(({ data }) => data.prompt_id === 'p-2')
    expect(second.map(({ type }) => type)).toEqual([
      'execution_start',
      'execution_cached',
      'executed',
      'progress_state',
      'execution_success',
      'executing',
    ])
    expect(second[1]!.data).toMatchObject({ nodes: ['1', '2'] })
    expect(second[2]!.data['output']).toEqual({
      images: [{ filename: 'one_00001_.png', subfolder: 'still', type: 'output' }],
    })
  })

  it(`${name}: serves what it saved, whole and in parts`, async () => {
    const server = await connected(reach)
    await server.post('/prompt', { prompt: still, client_id: CLIENT, prompt_id: 'p-1' })
    await server.ended('p-1')
    const path = '/view?filename=one_00001_.png&subfolder=still&type=output'
    const whole = await server.fetch(path)
    const bytes = Buffer.from(await whole.arrayBuffer())
    expect([whole.status, whole.headers.get('content-type')]).toEqual([200, 'image/png'])
    expect(whole.headers.get('content-length')).toBe(String(bytes.length))
    expect([bytes.toString('latin1', 1, 4), bytes.readUInt32BE(16), bytes.readUInt32BE(20)]).toEqual(['PNG', 64, 32])
    const part = await server.fetch(path, { headers: { range: 'bytes=1-3' } })
    expect([part.status, part.headers.get('content-range'), await part.text()]).toEqual([
      206,
      `bytes 1-3/${bytes.length}`,
      'PNG',
    ])
    expect((await server.fetch('/view?filename=none.png')).status).toBe(404)
  })

  it(`${name}: loads an uploaded image under the name in the answer`, async () => {
    const server = await connected(reach)
    const form = new FormData()
    form.append('image', new Blob([readFileSync('fixtures/comfyui/high_00001_.latent')]), 'frame.latent')
    const upload = await server.fetch('/upload/image', { method: 'POST', body: form })
    expect(await upload.json()).toEqual({ name: 'frame.latent', subfolder: '', type: 'input' })
    const graph: Graph = {
      '1': { class_type: 'LoadLatent', inputs: { latent: 'frame.latent' } },
      '2': { class_type: 'SaveLatent', inputs: { samples: ['1', 0], filename_prefix: 'copy/again' } },
    }
    await server.post('/prompt', { prompt: graph, client_id: CLIENT, prompt_id: 'p-1' })
    await server.ended('p-1')
    expect((await server.fetch('/view?filename=again_00001_.latent&subfolder=copy')).status).toBe(200)
  })

  it(`${name}: reports a node that fails, and keeps the error in the history`, async () => {
    const server = await connected(reach)
    const form = new FormData()
    form.append('image', new Blob(['no latent']), 'notes.txt')
    await server.fetch('/upload/image', { method: 'POST', body: form })
    const graph: Graph = {
      '1': { class_type: 'LoadLatent', inputs: { latent: 'notes.txt' } },
      '2': { class_type: 'SaveLatent', inputs: { samples: ['1', 0], filename_prefix: 'never' } },
    }
    await server.post('/prompt', { prompt: graph, client_id: CLIENT, prompt_id: 'p-1' })
    await server.ended('p-1')
    const error = {
      prompt_id: 'p-1',
      node_id: '1',
      node_type: 'LoadLatent',
      executed: [],
      exception_message: 'Error while deserializing header: header too small\n',
      exception_type: 'safetensors._safetensors_rust.SafetensorError',
      current_inputs: { latent: ['notes.txt'] },
    }
    expect(server.messages().find(({ type }) => type === 'execution_error')?.data).toMatchObject(error)
    const { body } = await server.get('/history/p-1')
    const messages = [{}, {}, ['execution_error', error]]
    expect(body).toMatchObject({ 'p-1': { outputs: {}, status: { status_str: 'error', completed: false, messages } } })
  })

  it(`${name}: refuses a graph that cannot run`, async () => {
    const server = await connected(reach)
    const graph = { '1': { class_type: 'SaveImage', inputs: { filename_prefix: 'x' } } }
    const { status, body } = await server.post('/prompt', { prompt: graph, client_id: CLIENT })
    expect(status).toBe(400)
    expect(body).toMatchObject({
      error: { type: 'prompt_outputs_failed_validation' },
      node_errors: { '1': { errors: [{ type: 'required_input_missing', details: 'images' }] } },
    })
    expect(await server.post('/prompt', { prompt: still })).toMatchObject({ status: 200, body: { number: 1 } })
  })

  it(`${name}: queues while one runs, deletes what waits and interrupts what runs`, async () => {
    const server = await connected(reach)
    await server.post('/prompt', { prompt: long, client_id: CLIENT, prompt_id: 'long' })
    await server.saw(({ type }) => type === 'progress')
    await server.post('/prompt', { prompt: still, client_id: CLIENT, prompt_id: 'waits' })
    const { body } = await server.get('/queue')
    const { queue_running, queue_pending } = body as Record<string, unknown[][]>
    expect([queue_running!.map(([, id]) => id), queue_pending!.map(([, id]) => id)]).toEqual([['long'], ['waits']])
    expect(await server.get('/prompt')).toEqual({ status: 200, body: { exec_info: { queue_remaining: 2 } } })
    expect(await server.post('/queue', { delete: ['waits'] })).toEqual({ status: 200, body: null })
    expect(await server.post('/interrupt', { prompt_id: 'waits' })).toEqual({ status: 200, body: null })
    expect(await server.post('/interrupt', { prompt_id: 'long' })).toEqual({ status: 200, body: null })
    await server.ended('long')
    expect(server.messages().find(({ type }) => type === 'execution_interrupted')?.data).toMatchObject({
      node_id: '10',
      node_type: 'KSamplerAdvanced',
    })
    expect(await server.get('/history/waits')).toEqual({ status: 200, body: {} })
    expect(await server.get('/history/long')).toMatchObject({ body: { long: { status: { status_str: 'error' } } } })
  })

  it(`${name}: sends previews as the client asked for them`, async () => {
    const server = await connected(reach)
    server.announce({ supports_preview_metadata: true })
    await server.saw(({ type }) => type === 'feature_flags')
    await server.post('/prompt', { prompt: render.prompt, client_id: CLIENT, prompt_id: 'p-1' })
    await server.ended('p-1')
    const frames = server.binaries()
    expect(frames.length).toBeGreaterThan(0)
    const [first] = frames
    const end = 8 + first!.readUInt32BE(4)
    expect(first!.readUInt32BE(0)).toBe(4)
    expect(JSON.parse(first!.toString('utf8', 8, end))).toEqual({
      node_id: '10',
      prompt_id: 'p-1',
      display_node_id: '10',
      parent_node_id: null,
      real_node_id: '10',
      image_type: 'image/jpeg',
    })
    expect(first!.toString('hex', end, end + 3)).toBe('ffd8ff')
  })

  it(`${name}: answers below /api as well`, async () => {
    const server = await connected(reach)
    expect(await server.get('/api/queue')).toEqual({ status: 200, body: { queue_running: [], queue_pending: [] } })
    const { body } = await server.get('/api/object_info/EmptyImage')
    expect(Object.keys(body as object)).toEqual(['EmptyImage'])
    expect(await server.get('/object_info/Unheard')).toEqual({ status: 200, body: {} })
  })
}
