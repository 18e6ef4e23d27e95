import { expect, it } from 'vitest'
import { serve } from '../../src/cli/serve.ts'
import { loadSettings } from '../../src/config/settings.ts'
import { replay } from '../../src/exports/replay.ts'
import { overtaken } from '../contracts/answer-before-events.ts'
import { capturedOutput } from './captured-output.ts'
import { newFolder } from './run-pr.ts'

it('tells the id of a prompt before its events through serve', async () => {
  const { output, texts } = capturedOutput({})
  const controller = new AbortController()
  const { settings } = await loadSettings({}, {}, newFolder())
  const ended = serve({ port: '0', settings, output, signal: controller.signal, endInOrder: () => {} })
  await expect.poll(() => texts.stdout).toContain('Ctrl-C')
  expect(await overtaken(/comfyui +(\S+)/.exec(texts.stdout)![1]!, 20)).toBe(0)
  controller.abort()
  expect(await ended).toBe(0)
})

it('tells the id of a prompt before its events through replay', async () => {
  await using _network = await replay('wan22-two-chunks')
  expect(await overtaken('http://127.0.0.1:8188', 20)).toBe(0)
})

it('lets the prompt run when a fault keeps its answer back', async () => {
  await using network = await replay('wan22-two-chunks', { faults: ['POST /prompt: delay 1s'] })
  const events: string[] = []
  const socket = new WebSocket('ws://127.0.0.1:8188/ws?clientId=c1')
  socket.addEventListener('message', ({ data }) => events.push(JSON.parse(data).type))
  await new Promise((opened) => socket.addEventListener('open', opened))
  const graph = { 1: { class_type: 'EmptyImage', inputs: { width: 16, height: 16, batch_size: 1, color: 0 } } }
  const prompt = { ...graph, 2: { class_type: 'PreviewImage', inputs: { images: ['1', 0] } } }
  const body = JSON.stringify({ client_id: 'c1', prompt })
  const given = new AbortController()
  const answer = fetch('http://127.0.0.1:8188/prompt', { method: 'POST', body, signal: given.signal }).catch(String)
  await expect.poll(() => events).toContain('execution_success')
  given.abort()
  await answer
  socket.close()
  expect(network.problems()).toEqual([])
})
