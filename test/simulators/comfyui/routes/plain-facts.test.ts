import { expect, it } from 'vitest'
import { comfyuiKnowledge } from '../../../../src/recording/comfyui-knowledge.ts'
import { loadRecording } from '../../../../src/recording/load-recording.ts'
import type { LoadedEntry } from '../../../../src/recording/loaded-entry.ts'
import { comfyuiSimulator } from '../../../../src/simulators/comfyui/simulator.ts'
import { fromBytes } from '../../../../src/simulators/media/byte-source.ts'
import { UNMATCHED_HEADER } from '../../../../src/simulators/simulator.ts'
import { virtualClock } from '../../../../src/simulators/virtual-clock.ts'
import { freshSimulator, ORIGIN } from '../reach-simulator.ts'

const { entries } = await loadRecording('fixtures/conformance-0.29/comfyui.har')
const simulator = comfyuiSimulator({
  knowledge: comfyuiKnowledge(entries),
  clock: virtualClock(0, 0),
  newId: () => 'id',
})

async function answer(path: string, from = simulator) {
  const response = await from.http(new Request(ORIGIN + path))
  const type = response.headers.get('content-type') ?? ''
  return [response.status, type.startsWith('application/json') ? await response.json() : await response.text()]
}

it.each([
  ['/users', [200, { storage: 'server', migrated: true }]],
  ['/api/i18n', [200, {}]],
  ['/settings', [200, {}]],
  ['/api/settings/Comfy.Locale', [200, null]],
  ['/userdata?dir=workflows', [404, 'Directory not found']],
  ['/api/userdata', [400, 'Directory not provided']],
  ['/v2/userdata?path=workflows', [404, 'Requested path not found']],
  ['/api/v2/userdata', [200, []]],
  ['/view_metadata/loras?filename=none', [404, '']],
  ['/view_metadata/nowhere', [404, '']],
  ['/view_metadata/loras?filename=wan2.2_high_t2v.safetensors', [404, '']],
  ['/workflow_templates', [200, {}]],
  ['/api/global_subgraphs', [200, {}]],
  ['/global_subgraphs/none', [200, null]],
  ['/experiment/models/nowhere', [404, '']],
  ['/experiment/models/preview/loras/0/wan2.2_high_t2v.safetensors', [404, '']],
  ['/internal/logs', [200, '']],
  ['/api/internal/logs/raw', [404, '']],
  ['/internal/logs/raw', [200, { entries: [], size: { cols: 80, rows: 24 } }]],
  ['/', [200, expect.stringContaining('<title>ComfyUI</title>')]],
  ['/internal/files/models', [400, { error: 'Invalid directory type' }]],
])('answers GET %s as a server whose user has stored nothing', async (path, expected) => {
  expect(await answer(path)).toEqual(expected)
})

it('shows its model folders and files as the model manager does', async () => {
  const [, folders] = await answer('/experiment/models')
  expect(folders).toContainEqual({ name: 'loras', folders: ['/comfy/models/loras', '/comfy/output/loras'] })
  expect((folders as Array<{ name: string }>).filter(({ name }) => /^(configs|custom_nodes)$/.test(name))).toEqual([])
  expect(await answer('/api/experiment/models/loras')).toEqual([
    200,
    ['wan2.2_high_t2v.safetensors', 'wan2.2_low_t2v.safetensors'].map((name) => ({
      name,
      pathIndex: 0,
      modified: 0,
      created: 0,
      size: 0,
    })),
  ])
})

it('lets front ends ask for its log', async () => {
  const subscribe = async (body: string) =>
    (await simulator.http(new Request(`${ORIGIN}/internal/logs/subscribe`, { method: 'PATCH', body }))).status
  expect([await subscribe('{"clientId": "a", "enabled": true}'), await subscribe('{"enabled": true}')]).toEqual([
    200, 500,
  ])
})

it.each(['/extensions', '/system_stats', '/models', '/models/loras', '/embeddings'])(
  'answers GET %s with a query as without one',
  async (path) => {
    expect(await answer(`${path}?v=1764500000`)).toEqual(await answer(path))
  },
)

it('lists the files of a folder, the newest in front', async () => {
  const content = { kind: 'other' } as const
  for (const filename of ['a.png', '.hidden']) {
    simulator.files.write({ type: 'output', subfolder: '', filename, bytes: fromBytes(new Uint8Array()), content })
  }
  simulator.files.write({
    type: 'output',
    subfolder: 'b',
    filename: 'c.png',
    bytes: fromBytes(new Uint8Array()),
    content,
  })
  expect(await answer('/internal/files/output')).toEqual([
    200,
    ['a.png [output]', '_output_images_will_be_put_here [output]'],
  ])
  expect(await answer('/internal/files/temp')).toEqual([200, []])
})

it('has no assets system, which older servers do not even know', async () => {
  const off = {
    error: {
      code: 'SERVICE_DISABLED',
      message: 'Assets system is disabled. Start the server with --enable-assets to use this feature.',
      details: {},
    },
  }
  expect([
    await answer('/api/assets?limit=2'),
    await answer('/api/assets/x/content'),
    await answer('/api/tags'),
  ]).toEqual(Array.from({ length: 3 }, () => [503, off]))
  expect((await answer('/api/assets', freshSimulator()))[0]).toBe(404)
})

it('answers for an assets system what a recording tells of it, and nothing else', async () => {
  const [listing] = entries
  const recorded = (path: string, body: object): LoadedEntry => ({
    ...listing!,
    url: new URL(path, listing!.url),
    responseBody: () => Buffer.from(JSON.stringify(body)),
  })
  const assets = { assets: [{ id: 'a', name: 'otter.png' }], total: 1, has_more: false }
  const more = [recorded('/features', { assets: true }), recorded('/api/assets?limit=1', assets)]
  const knowledge = comfyuiKnowledge([...entries, ...more])
  const on = comfyuiSimulator({ knowledge, clock: virtualClock(0, 0), newId: () => 'id' })
  expect(await answer('/api/assets?limit=1', on)).toEqual([200, assets])
  const other = await on.http(new Request(`${ORIGIN}/api/tags`))
  expect([other.status, other.headers.has(UNMATCHED_HEADER)]).toEqual([501, true])
})

it('tells where its models lie', async () => {
  const [status, paths] = await answer('/internal/folder_paths')
  expect([status, Object.keys(paths as object).slice(0, 3)]).toEqual([200, ['checkpoints', 'configs', 'loras']])
  expect(paths).toMatchObject({
    loras: ['/comfy/models/loras', '/comfy/output/loras'],
    unet_gguf: ['/comfy/models/unet', '/comfy/models/diffusion_models', '/comfy/output/diffusion_models'],
    VHS_video_formats: [],
  })
  const [, fewer] = await answer('/internal/folder_paths', freshSimulator())
  expect(fewer).toMatchObject({ vae: ['/comfy/models/vae', '/comfy/output/vae'] })
})
