import { expect, it } from 'vitest'
import { nearestRoute } from '../../../../src/simulators/comfyui/routes/app.ts'
import { comfyuiSimulator } from '../../../../src/simulators/comfyui/simulator.ts'
import { PROVENANCE_HEADER, UNMATCHED_HEADER } from '../../../../src/simulators/simulator.ts'
import { stillClock } from '../../still-clock.ts'
import { freshSimulator, knowledge, ORIGIN, openSocket } from '../reach-simulator.ts'

const simulator = freshSimulator()
const ask = (method: string, path: string, init: RequestInit = {}) =>
  simulator.http(new Request(ORIGIN + path, { method, ...init }))

it.each([
  ['GET', '/interrupt', 404],
  ['GET', '/free', 404],
  ['DELETE', '/prompt', 405],
  ['PUT', '/queue', 405],
  ['POST', '/view', 405],
  ['POST', '/history/abc', 405],
  ['POST', '/api/object_info/KSampler', 405],
  ['POST', '/system_stats', 405],
  ['DELETE', '/users', 405],
  ['PUT', '/models/loras', 405],
  ['POST', '/settings/a', 500],
  ['PUT', '/api/userdata/a.json', 405],
  ['PATCH', '/experiment/models', 405],
  ['GET', '/internal/logs/subscribe', 404],
  ['POST', '/history/', 405],
])('%s %s is %i as on the real server', async (method, path, status) => {
  const response = await ask(method, path)
  expect(response.status).toBe(status)
  expect(response.headers.get('allow')).toBe(status === 405 ? 'GET,HEAD' : null)
})

it('names the nearest route when nothing answers', async () => {
  const response = await ask('GET', '/systemstats')
  expect([response.status, response.headers.get(UNMATCHED_HEADER)]).toEqual([404, '/system_stats'])
  expect(await response.text()).toBe('')
  // Known, but not what the recorded server has there: nothing is nearer than itself.
  expect((await ask('GET', '/models/vae_approx')).headers.get(UNMATCHED_HEADER)).toBe('')
  expect((await ask('GET', '/object_info/Größe/x?a=ü')).headers.get(UNMATCHED_HEADER)).toBe(
    'GET /object_info/LoadImage, which is recorded and differs in $.path[1] ("LoadImage", not "Gr%C3%B6%C3%9Fe"), $.path[2] (nothing, not "x"), $.query.a (nothing, not "%C3%BC")',
  )
})

it.each([
  ['/queue', ''],
  ['/queue', 'null'],
  ['/history', '{'],
  ['/free', ''],
  ['/interrupt', 'null'],
  ['/interrupt', '[]'],
  ['/prompt', '{'],
  ['/queue', '{"delete": 5}'],
  ['/history', '{"delete": ["unknown", [1]]}'],
  ['/history', '{"delete": [{}]}'],
])('POST %s with the body %j is aiohttp’s 500', async (path, body) => {
  const response = await ask('POST', path, { body })
  expect([response.status, await response.text()]).toEqual([
    500,
    '500 Internal Server Error\n\nServer got itself in trouble',
  ])
})

it.each([
  ['/interrupt', ''],
  ['/interrupt', '{"prompt_id": "unknown"}'],
  ['/queue', '{"clear": true, "delete": ["unknown", 5]}'],
  ['/queue', '{"delete": "abc"}'],
  ['/queue', '{"delete": {"a": 1}}'],
  ['/queue', '{"delete": [[1]]}'],
  ['/history', '{"delete": ["unknown"]}'],
  ['/history', '{"delete": "abc"}'],
  ['/free', '{"unload_models": true}'],
])('POST %s with the body %j is an empty 200', async (path, body) => {
  const response = await ask('POST', path, { body })
  expect([response.status, await response.text()]).toEqual([200, ''])
})

it('answers 500 to an interrupt whose body is no UTF-8, which would else be a global one', async () => {
  const response = await ask('POST', '/interrupt', { body: Uint8Array.of(0xff) })
  expect(response.status).toBe(500)
})

it('refuses a history query that is no number', async () => {
  expect((await ask('GET', '/history?max_items=many')).status).toBe(500)
})

it.each([
  ['127.0.0.1:18188', 'http://127.0.0.1:18188', 200],
  ['127.0.0.1:18188', 'http://127.0.0.1', 200],
  ['127.0.0.1:18188', 'http://127.0.0.1:9999', 403],
  ['127.0.0.1:18188', 'http://localhost:18188', 403],
  ['127.0.0.1:18188', 'http://evil.com', 403],
  ['127.0.0.1:18188', 'null', 200],
  ['example.com', 'http://evil.com', 200],
  ['10.0.0.5:8188', 'http://evil.com', 200],
  ['[::1]:8188', 'http://[::1]:8188', 200],
  ['[::1]', 'http://[::1]', 200],
  ['[::1]:8188', 'http://[::1]', 403],
  ['[::1]', 'http://[::1]:8188', 403],
  ['[0:0:0:0:0:0:0:1]:8188', 'http://evil.com', 403],
  ['[2001:db8::1]:8188', 'http://evil.com', 200],
])('host %s with origin %s is %i', async (host, origin, status) => {
  expect((await ask('GET', '/prompt', { headers: { host, origin } })).status).toBe(status)
})

it('checks the origin of sockets too, and knows two addresses for them', () => {
  const foreign = { host: '127.0.0.1:8188', origin: 'http://evil.com' }
  expect(() => openSocket(simulator, '/ws', foreign)).toThrow('403')
  expect(openSocket(simulator, '/api/ws?clientId=a').frames.length).toBe(1)
  expect(simulator.upgrade!(new Request(`${ORIGIN}/other`))).toBeNull()
})

it('answers a plain GET of the socket with the words of aiohttp', async () => {
  const response = await ask('GET', '/ws')
  expect([response.status, await response.text()]).toEqual([
    400,
    'No WebSocket UPGRADE hdr: None\n Can "Upgrade" only to "WebSocket".',
  ])
})

it('says where an answer comes from', async () => {
  const from = async (path: string) => (await ask('GET', path)).headers.get(PROVENANCE_HEADER)
  expect([await from('/system_stats'), await from('/api/system_stats'), await from('/queue')]).toEqual([
    'recorded',
    'recorded',
    'derived',
  ])
})

it('lists models as object_info knows them where the recording has no list of its own', async () => {
  const read = async (path: string) => {
    const response = await ask('GET', path)
    return [response.status, response.headers.get(PROVENANCE_HEADER), response.ok ? await response.json() : null]
  }
  const folders = [
    ...['checkpoints', 'configs', 'loras', 'vae', 'text_encoders', 'diffusion_models', 'clip_vision', 'style_models'],
    ...['controlnet', 'gligen', 'hypernetworks', 'photomaker', 'model_patches', 'unet_gguf'],
  ]
  expect(await read('/models')).toEqual([200, 'derived', folders])
  expect(await read('/models/loras')).toEqual([
    200,
    'derived',
    ['wan2.2_high_t2v.safetensors', 'wan2.2_low_t2v.safetensors'],
  ])
  expect(await read('/api/models/vae')).toEqual([200, 'derived', ['wan_2.1_vae.safetensors']])
  expect(await read('/models/photomaker')).toEqual([200, 'derived', []])
  expect(await read('/models/unet')).toEqual([404, 'derived', null])
  expect(await read('/models/ipadapter')).toEqual([404, 'derived', null])
  // What is in it, no loader tells.
  expect(await read('/models/vae_approx')).toEqual([501, null, null])
})

it('lists models as they were recorded', async () => {
  const answer = (names: string[]) => ({
    status: 200,
    contentType: 'application/json; charset=utf-8',
    body: () => Buffer.from(JSON.stringify(names)),
  })
  const answers = new Map([
    ...knowledge.answers,
    ['/models', answer(['loras', 'mine'])],
    ['/models/loras', answer(['a.pt'])],
  ])
  const { http } = comfyuiSimulator({ knowledge: { ...knowledge, answers }, clock: stillClock(), newId: () => 'id' })
  for (const [path, names] of [
    ['/models', ['loras', 'mine']],
    ['/models/loras', ['a.pt']],
  ] as const) {
    const response = await http(new Request(ORIGIN + path))
    expect([response.headers.get(PROVENANCE_HEADER), await response.json()]).toEqual(['recorded', names])
  }
  expect((await http(new Request(`${ORIGIN}/models/gligen_old`))).status).toBe(404)
})

it('lists uploaded files in the loaders that can take them', async () => {
  const form = new FormData()
  form.append('image', new Blob(['x']), 'clip.mp4')
  await ask('POST', '/upload/image', { body: form })
  const options = async (name: string, input: string) => {
    const info = (await (await ask('GET', `/object_info/${name}`)).json()) as Record<
      string,
      { input: { required: Record<string, unknown[]> } }
    >
    return info[name]!.input.required[input]
  }
  expect(await options('LoadVideo', 'file')).toEqual(['COMBO', expect.objectContaining({ options: ['clip.mp4'] })])
  expect((await options('LoadImage', 'image'))![0]).toEqual([])
})

const routes = ['/queue', '/models', '/models/:folder', '/view']
const nearest = (path: string) => nearestRoute(new URL(path, 'http://127.0.0.1:8188'), routes)

it('names the route that begins most alike, and not the very one that was asked', () => {
  expect(nearest('/manager/start')).toBe('/models')
  expect(nearest('/queues')).toBe('/queue')
  expect([nearest('/models'), nearest('/models/loras?x=1')]).toEqual(['', ''])
})
