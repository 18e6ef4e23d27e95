import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, it, onTestFinished } from 'vitest'
import { serve } from '../../src/cli/serve.ts'
import { loadSettings } from '../../src/config/settings.ts'
import { program } from '../support/program.ts'
import { startServing } from '../support/serving.ts'
import { callPr } from './call-pr.ts'
import { capturedOutput } from './captured-output.ts'
import { newFolder, runPr } from './run-pr.ts'

it('tells where it answers, what other programs have to know, and each request', async () => {
  const { settings } = await loadSettings({ 'log-level': 'DEBUG' }, {}, newFolder())
  const { output, texts } = capturedOutput({ logLevel: 'DEBUG' })
  const controller = new AbortController()
  const ended = serve({ port: '0', settings, output, signal: controller.signal, endInOrder: () => {} })
  await expect.poll(() => texts.stdout).toContain('Ctrl-C')
  const address = /comfyui +(\S+)/.exec(texts.stdout)![1]
  for (const path of ['/queue', '/view?filename=x&token=hunter2', '/ws']) {
    await (await fetch(address + path)).arrayBuffer()
  }
  controller.abort()
  expect(await ended).toBe(0)
  const ports = new Map<string, string>()
  const said = texts.stdout.replaceAll(/(?<=127\.0\.0\.1:)\d+/g, (port) => {
    ports.set(port, ports.get(port) ?? `<${ports.size + 1}>`)
    return ports.get(port)!
  })
  await expect(said).toMatchFileSnapshot('expected/serve.txt')
  expect(texts.stderr).toBe('')
})

it.each(['SIGINT', 'SIGTERM'] as const)(
  'is done when it is stopped by %s, whoever is still connected',
  async (signal) => {
    const serving = await startServing()
    const socket = new WebSocket(`${serving.facts.addresses['comfyui']!.replace('http', 'ws')}/ws`)
    await new Promise((opened) => socket.addEventListener('open', opened))
    const closed = new Promise<CloseEvent>((done) => socket.addEventListener('close', done))
    expect(await serving.stop(signal)).toEqual({ exitCode: 0, stderr: '' })
    expect((await closed).code).toBe(1006)
  },
)

it('ends with 3 when a request had no answer', async () => {
  const serving = await startServing()
  const { comfyui, runpod } = serving.facts.addresses
  expect((await fetch(`${comfyui}/manager/queue/start?token=hunter2`)).status).toBe(404)
  expect((await fetch(`${runpod}/v1/pods`, { headers: { authorization: 'Bearer key' } })).status).toBe(501)
  const { exitCode, stderr } = await serving.stop()
  expect(exitCode).toBe(3)
  expect(
    stderr.replaceAll(`node ${program}`, 'pr').replaceAll(/(?<=127\.0\.0\.1:)\d+/g, '<port>'),
  ).toMatchInlineSnapshot(`
    "PR_UNMATCHED_REQUEST: GET http://127.0.0.1:<port>/manager/queue/start?token={{secret:token}}: the simulation has no answer to this request
      hint: never recorded; the nearest thing known is /models; \`pr serve --port 8189 --record-to recordings/mine\` takes what a live server answers to it into a recording of your own
    PR_UNMATCHED_REQUEST: GET http://127.0.0.1:<port>/v1/pods: the simulation has no answer to this request
      hint: not simulated; the nearest thing known is RunPod REST v2: GET /v2/pods, GET /v2/pods/{id}, POST /v2/pods/{id}/action, GET /v2/catalog/gpus, GET /v2/catalog/gpus/{id}
    "
  `)
})

it('leaves probes unanswered that it may leave so', async () => {
  const { settings } = await loadSettings({}, {}, newFolder())
  const { output, texts } = capturedOutput({})
  const controller = new AbortController()
  const allow = ['/manager/version', '/customnode/*']
  const ended = serve({ port: '0', allow, settings, output, signal: controller.signal, endInOrder: () => {} })
  await expect.poll(() => texts.stdout).toContain('Ctrl-C')
  const address = /comfyui +(\S+)/.exec(texts.stdout)![1]
  for (const path of ['/manager/version?a=1', '/customnode/getlist']) {
    expect((await fetch(address + path)).status).toBe(404)
  }
  expect((await fetch(`${address}/managerXversion`)).status).toBe(404)
  controller.abort()
  expect([await ended, texts.stderr.match(/PR_UNMATCHED_REQUEST: GET \S+/g)]).toEqual([
    3,
    [`PR_UNMATCHED_REQUEST: GET ${address}/managerXversion:`],
  ])
})

it('says which port is taken', async () => {
  const other = createServer().listen(0, '127.0.0.1')
  onTestFinished(() => void other.close())
  await new Promise((listening) => other.once('listening', listening))
  const { port } = other.address() as AddressInfo
  const { transcript } = await callPr(['serve', '--port', String(port)])
  expect(transcript.replaceAll(String(port), '<port>')).toMatchInlineSnapshot(`
    "$ pr serve --port <port>
    PR_USAGE: serving comfyui on 127.0.0.1:<port> failed: another program listens there
      hint: choose another port with --port N, or let the system choose free ones with --port 0
    exit code 2
    "
  `)
})

it('wants a port that leaves room for every service', async () => {
  expect((await runPr(['serve', '--port', '65535'])).transcript).toMatchInlineSnapshot(`
    "$ pr serve --port 65535
    PR_USAGE: --port must be a whole number from 0 to 65531, it cannot be "65535"
      hint: 5 ports are taken from there on; 0 takes free ones
    exit code 2
    "
  `)
})

it.each(['--model=loras/a.safetensors', '--allow=/x', '--front-end-root=static'])(
  'has no use for %s where it simulates nothing',
  async (flag) => {
    const { exitCode, stderr } = await callPr(['serve', '--record-to', 'mine', flag])
    expect([exitCode, stderr]).toEqual([
      2,
      `PR_USAGE: ${flag.split('=')[0]} is for the simulated ComfyUI, and --record-to simulates nothing\n  hint: leave one of them out\n`,
    ])
  },
)

it('explains itself', async () => {
  await expect((await callPr(['serve', '--help'])).transcript).toMatchFileSnapshot('expected/help-serve.txt')
})
