import { randomUUID } from 'node:crypto'
import { request } from 'undici'
import { expect, it, onTestFinished } from 'vitest'
import { loadSettings } from '../../src/config/settings.ts'
import { serveNetwork } from '../../src/network/wire/serve.ts'
import { loadRecording } from '../../src/recording/load-recording.ts'
import { atBasePath, simulatedServices } from '../../src/simulators/simulated-services.ts'
import type { SimulatedService } from '../../src/simulators/simulator.ts'
import { virtualClock } from '../../src/simulators/virtual-clock.ts'
import { proxyHere } from '../record/proxy-here.ts'
import { promptFile, temporaryFolder } from '../support/rehearse.ts'
import { callPr } from './call-pr.ts'

/** Where a server can be: below what its address has as a path, and behind what a request must carry. */
const places: ReadonlyArray<readonly [path: string, rights: readonly string[]]> = [
  ['/comfy/api/', ['--comfyui-token', 'otter', '--comfyui-header', 'x-key: glade']],
  ['/comfy', ['--comfyui-header', 'x-key: glade']],
  ['/api', []],
]

const needsOf = (rights: readonly string[]): Readonly<Record<string, string>> => ({
  ...(rights.includes('--comfyui-token') && { authorization: 'Bearer otter' }),
  ...(rights.includes('--comfyui-header') && { 'x-key': 'glade' }),
})

const files = {
  'prompt_files/otter.txt': promptFile('otter', 5),
  'otter.json': JSON.stringify({
    1: { class_type: 'EmptyImage', inputs: { width: 32, height: 32, batch_size: 1, color: 7 } },
    2: { class_type: 'SaveImage', inputs: { images: ['1', 0], filename_prefix: 'otter/{{run}}/image' } },
  }),
}

it.each(places)('has every command meet a server at %s with %j', async (path, rights) => {
  const url = await serverAt(path, needsOf(rights))
  const cwd = temporaryFolder(files)
  // The engine msw leaves the handle of a socket that it never connected.
  const options = { cwd, mayLeave: 'TCPSocketWrap' }
  const outcomes: Record<string, object> = {}
  for (const command of path === '/comfy/api/' ? all : few) {
    const { exitCode, stderr } = await callPr([...command.split(' '), '--comfyui-url', url, ...rights], options)
    outcomes[command] = { exitCode, stderr }
  }
  expect(outcomes).toEqual(Object.fromEntries(Object.keys(outcomes).map((command) => [command, fine])))
})

const fine = { exitCode: 0, stderr: '' }
const few = [
  '--dry-run --quiet',
  'record --workflow otter.json --name otter --quiet',
  'drift --recording otter --quiet',
]
const all = [
  ...few,
  '--dry-run --engine msw --quiet',
  'doctor --no-upload',
  'run --width 64 --height 64 --no-upload --yes --quiet',
  'redo otter 1 --no-upload --yes --quiet',
  'record --probe --quiet',
  'record --plan-only --workflow otter.json --name otter --quiet',
  'record --check --recording otter --quiet',
]

it.each(places)('records a server at %s for clients that know nothing of its path', async (path, rights) => {
  const needs = needsOf(rights)
  const url = await serverAt(path, needs)
  const target = `${temporaryFolder()}/mine`
  const flags = { 'comfyui-url': url, 'comfyui-header': ['x-key: glade'], 'comfyui-token': 'otter' }
  const { settings } = await loadSettings(flags, {}, temporaryFolder())
  const proxy = await proxyHere({ settings, recordTo: target, environment: {} })
  // A page of the proxy's own address, as a browser asks from it.
  const headers = { ...needs, origin: proxy.address.origin }
  const answer = await request(new URL('/queue', proxy.address), { headers })
  expect(await answer.body.json()).toEqual({ queue_running: [], queue_pending: [] })
  expect(await proxy.stop()).toBe(0)
  const { entries } = await loadRecording(target)
  expect(entries.every(({ status }) => status === 200)).toBe(true)
  expect(entries.map(({ url: { pathname } }) => pathname.replace(/^\/api/, ''))).toContain('/queue')
})

/** A server whose routes are below a path, and which answers nobody without `needs`. */
async function serverAt(path: string, needs: Readonly<Record<string, string>>): Promise<string> {
  const clock = virtualClock(Date.now(), 0)
  const { comfyui } = await simulatedServices('wan22-two-chunks', { clock, newId: randomUUID })
  const isAllowed = ({ headers }: Request) =>
    Object.entries(needs).every(([name, value]) => headers.get(name) === value)
  const guarded: SimulatedService = {
    ...comfyui,
    http: async (asked) => (isAllowed(asked) ? comfyui.http(asked) : new Response('who are you?', { status: 401 })),
    upgrade: (asked) => (isAllowed(asked) ? comfyui.upgrade!(asked) : new Response(null, { status: 401 })),
  }
  // The server itself has all routes below /api, too.
  const served = await serveNetwork({ services: [atBasePath(guarded, path.replace(/\/api\/?$/, ''))], port: 0 })
  onTestFinished(() => served[Symbol.asyncDispose]())
  return new URL(path, served.addresses.comfyui!).href
}
