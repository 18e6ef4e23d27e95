import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { serve } from '../../src/cli/serve.ts'
import { loadSettings } from '../../src/config/settings.ts'
import { knowRecording } from '../../src/doctor/check-server.ts'
import { callPr } from './call-pr.ts'
import { capturedOutput } from './captured-output.ts'
import { newFolder } from './run-pr.ts'

const shipped = 'recordings/wan22-two-chunks'
const newer = readFileSync('recordings/comfyui-smoke/comfyui.har', 'utf8').replaceAll('0.3.64', '0.31.0')
const files = {
  'newer.har': newer,
  'graph.json': JSON.stringify({
    1: { class_type: 'EmptyImage', inputs: { width: 64, height: 64, batch_size: 1, color: 0 } },
    2: { class_type: 'PreviewImage', inputs: { images: ['1', 0] } },
  }),
}
const said =
  'recorded from ComfyUI 0.31.0, answered by the rules of 0.29.0: the server is newer than any that it was compared with, and may refuse or do other things'

it('says in validate, serve and doctor that a recording is newer than the rules', async () => {
  const folder = newFolder(files)
  const recording = join(folder, 'newer.har')
  const validated = await callPr(['validate', join(folder, 'graph.json'), '--recording', recording])
  expect([validated.exitCode, validated.stderr]).toEqual([0, expect.stringContaining(said)])

  const { settings } = await loadSettings({ recording }, {}, folder)
  const { output, texts } = capturedOutput({})
  const options = { port: '0', settings, output, signal: AbortSignal.abort(), endInOrder: () => {} }
  expect([await serve(options), texts.stderr]).toEqual([0, expect.stringContaining(said)])

  expect((await knowRecording(recording, Date.now())).finding).toEqual({
    check: 'recording',
    level: 'warning',
    message: expect.stringContaining(said),
    hint: 'what a dry run shows may differ from that server: look for a newer version of this program',
  })
})

it('says nothing of the kind of a recording whose rules it knows', async () => {
  expect((await knowRecording(shipped, Date.now())).finding.level).toBe('ok')
  const { stderr } = await callPr([
    'validate',
    join(newFolder(files), 'graph.json'),
    '--recording',
    join(process.cwd(), shipped),
  ])
  expect(stderr).not.toContain('answered by the rules of')
})

it('says it before a dry run, too, whatever that then finds', async () => {
  const prompt = readFileSync('fixtures/prompt_files/example.txt', 'utf8')
  const cwd = newFolder({ ...files, 'a.txt': prompt })
  for (const how of ['--validate-only', '--dry-run']) {
    const { stderr } = await callPr([how, '--prompt-file', 'a.txt', '--recording', 'newer.har'], { cwd })
    expect(stderr).toContain(said)
  }
})
