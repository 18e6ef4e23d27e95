import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { expect, it, onTestFinished } from 'vitest'
import { serve } from '../../src/cli/serve.ts'
import { loadSettings } from '../../src/config/settings.ts'
import { replay } from '../../src/exports/replay.ts'
import { capturedOutput } from '../cli/captured-output.ts'
import { newFolder } from '../cli/run-pr.ts'
import { otherClients, PROBES } from './other-clients.ts'

/** A few are enough to see that they pass; `PR_CLIENT_PROMPTS=200` shows that none ever hangs. */
const count = Number(process.env['PR_CLIENT_PROMPTS'] ?? 10)
const names = Array.from({ length: count }, (_, number) => `other_${String(number + 1).padStart(5, '0')}_.png`)

/** `pr serve`, without a process; its exit code when it is stopped. */
async function served(): Promise<{ address: string; stop(): Promise<number> }> {
  const { output, texts } = capturedOutput({})
  const controller = new AbortController()
  onTestFinished(() => controller.abort())
  const { settings } = await loadSettings({ recording: 'comfyui-smoke' }, {}, newFolder())
  const { signal } = controller
  const ended = serve({ port: '0', allow: PROBES, settings, output, signal, endInOrder: () => {} })
  await expect.poll(() => texts.stdout).toContain('Ctrl-C')
  return {
    address: /comfyui +(\S+)/.exec(texts.stdout)![1]!,
    async stop() {
      controller.abort()
      const exitCode = await ended
      expect(texts.stderr).toBe('')
      return exitCode
    },
  }
}

it.each(Object.entries(otherClients))('lets %s draw through serve', async (_, draw) => {
  const { address, stop } = await served()
  expect(await draw(address, count)).toEqual(names)
  expect(await stop()).toBe(0)
})

it.each(Object.entries(otherClients))('lets %s draw through replay', async (_, draw) => {
  await using net = await replay('comfyui-smoke', { allow: PROBES })
  expect(await draw('http://127.0.0.1:8188', count)).toEqual(names)
  expect([net.workflows.length, net.problems()]).toEqual([count, []])
})

it.each([
  ['basic', []],
  ['files', ['\x89PNG']],
  ['socket', ['\x89PNG']],
])('lets ComfyUI’s own example clients pass: %s', async (kind, pictures) => {
  const { address, stop } = await served()
  const { stdout } = await promisify(execFile)('python3', [
    'fixtures/python-client/examples.py',
    address,
    kind,
    String(count),
  ])
  expect(JSON.parse(stdout)).toEqual(Array.from({ length: count }, () => pictures))
  expect(await stop()).toBe(0)
})
