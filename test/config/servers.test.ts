import { expect, it } from 'vitest'
import { loadSettings } from '../../src/config/settings.ts'
import { newFolder } from '../cli/run-pr.ts'
import { failure } from '../support/failure.ts'

const twoServers = `
servers:
  - url: https://a.example
    token: secret-of-a
    price: 0.44
  - url: http://b:8188/comfy
    headers:
      X-Team: otters
    speed: 2
`

it('takes several addresses as several servers, the first as the one that is asked alone', async () => {
  const flags = { 'comfyui-url': ['http://a:8188', 'http://b:8188'], 'comfyui-token': 't', price: '0.5' }
  const { settings } = await loadSettings(flags, {}, newFolder())
  const shared = { token: 't', headers: {}, ca: null }
  expect(settings.comfyui).toEqual({ url: new URL('http://a:8188'), ...shared })
  expect(settings.servers).toEqual([
    { url: new URL('http://a:8188'), ...shared, price: 0.5, speed: 1 },
    { url: new URL('http://b:8188'), ...shared, price: 0.5, speed: 1 },
  ])
  expect(settings.run.price).toBe(1)
})

it('takes several from the environment, with spaces between them', async () => {
  const { settings } = await loadSettings({}, { COMFYUI_URL: 'http://a:8188  http://b:8188' }, newFolder())
  expect(settings.servers.map(({ url }) => url.href)).toEqual(['http://a:8188/', 'http://b:8188/'])
})

it('takes servers from the configuration file, each with its own ways in', async () => {
  const cwd = newFolder({ 'pr.config.yaml': twoServers })
  const { settings } = await loadSettings({ 'comfyui-token': 'shared' }, {}, cwd)
  expect(settings.servers).toEqual([
    { url: new URL('https://a.example'), token: 'secret-of-a', headers: {}, ca: null, price: 0.44, speed: 1 },
    {
      url: new URL('http://b:8188/comfy'),
      token: 'shared',
      headers: { 'X-Team': 'otters' },
      ca: null,
      price: null,
      speed: 2,
    },
  ])
  // Of one server nobody knows the price.
  expect(settings.run.price).toBeNull()
})

it('takes one of them by its address alone, with what the file says of it', async () => {
  const cwd = newFolder({ 'pr.config.yaml': twoServers })
  const { settings } = await loadSettings({ 'comfyui-url': ['https://a.example'] }, {}, cwd)
  expect(settings).toMatchObject({ servers: [], comfyui: { token: 'secret-of-a' }, run: { price: 0.44 } })
})

it('shows servers without their secrets', async () => {
  const { origins } = await loadSettings({}, {}, newFolder({ 'pr.config.yaml': twoServers }))
  expect(origins.get('servers')!.value).toEqual(['https://a.example/', 'http://b:8188/comfy'])
})

it.each([
  ['servers: otter', 'servers must be a list of servers, each with its url'],
  ['servers: [otter]', 'servers must hold servers as "url: …" (server 1)'],
  ['servers: [{ price: 1 }]', 'servers has a server without url (server 1)'],
  [
    'servers: [{ url: "http://a", prize: 1 }]',
    'servers has a server with prize, which is none of url, token, headers, price, speed (server 1)',
  ],
  [
    'servers: [{ url: otter }]',
    'servers has a server whose url must be an address that starts with http:// or https:// (server 1)',
  ],
  ['servers: [{ url: "http://a" }, { url: "http://a/" }]', 'servers names http://a/ twice'],
  ['servers: [{ url: "http://a" }]\ncomfyuiUrl: http://b', 'servers contradicts comfyuiUrl'],
])('refuses %s', async (text, message) => {
  const { problems } = await failure(() => loadSettings({}, {}, newFolder({ 'pr.config.yaml': text })))
  expect(problems).toMatchObject([{ message, value: '****' }])
})

it('refuses an address that is given twice', async () => {
  const flags = { 'comfyui-url': ['http://a:8188', 'http://a:8188/'] }
  const { problems } = await failure(() => loadSettings(flags, {}, newFolder()))
  expect(problems).toMatchObject([{ file: '--comfyui-url', message: 'names http://a:8188/ twice' }])
})
