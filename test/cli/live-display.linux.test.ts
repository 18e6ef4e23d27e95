import { expect, it } from 'vitest'
import { serve } from '../../src/cli/serve.ts'
import { loadSettings } from '../../src/config/settings.ts'
import { program } from '../support/program.ts'
import { inTerminal } from '../support/terminal.ts'
import { capturedOutput } from './captured-output.ts'
import { bareEnvironment, newFolder } from './run-pr.ts'

it('ticks in a terminal while the server is silent, and leaves the last state on it at Ctrl-C', async () => {
  const cwd = newFolder({ 'otter.txt': 'otter\n\n13\n\nan otter\n' })
  const { settings } = await loadSettings({ fault: ['step 2 of 4 of job 1: delay 60s'] }, {}, cwd)
  const { output, texts } = capturedOutput()
  const controller = new AbortController()
  const served = serve({ port: '0', settings, output, signal: controller.signal, endInOrder: () => {} })
  await expect.poll(() => texts.stdout).toContain('Ctrl-C')
  const address = /comfyui +(\S+)/.exec(texts.stdout)![1]!
  const flags = ['--prompt-file', 'otter.txt', '--width', '64', '--height', '64', '--comfyui-url', address]
  const terminal = inTerminal(
    80,
    [process.execPath, program, ...flags, '--no-upload', '--yes', '--gpu', 'RTX 4090', '--price', '0.69'],
    { cwd, env: { ...bareEnvironment(), TERM: 'xterm' } },
  )
  await expect.poll(terminal.said).toContain('no news for 00:10')
  const [film, job, time] = terminal.rows().slice(-3)
  expect([film, job, time]).toEqual([
    expect.stringMatching(/^otter {14}█*░+ +\d+ % {2}job 1\/3$/),
    expect.stringMatching(
      /^high chunk 1\/1 {5}█+░+ {2}step 2\/4 {2}(?:[\d.]+ (?:s\/it|it\/s) {2})?\d\d:\d\d {2}Sampler$/,
    ),
    expect.stringMatching(/^\d\d:\d\d so far · about \d\d:\d\d left · \$0\.\d+ · no news for 00:1\d$/),
  ])
  terminal.type('\x03')
  await expect.poll(terminal.said).toContain('Press it again')
  terminal.type('\x03')
  controller.abort()
  expect(await terminal.exited).toBe(130)
  const rows = terminal.rows()
  expect(rows.filter((row) => /^high chunk 1\/1 +cancelled$/.test(row))).toHaveLength(1)
  expect(rows.filter((row) => / so far · /.test(row))).toHaveLength(1)
  expect(rows.at(-1)).toContain('--resume')
  await served
})
