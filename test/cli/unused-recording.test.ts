import { cpSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'
import type { Har, HarEntry } from '../../src/recording/har.ts'
import { callPr } from './call-pr.ts'
import { newFolder } from './run-pr.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))

it('reports a recorded prompt that a dry run had no use for, and fails on it under --strict', async () => {
  const cwd = newFolder()
  cpSync(join(root, 'recordings/wan22-two-chunks'), join(cwd, 'mine'), { recursive: true })
  const har = join(cwd, 'mine/comfyui.har')
  const { log } = JSON.parse(readFileSync(har, 'utf8')) as Har
  const isPrompt = ({ request: { method, url } }: HarEntry) => method === 'POST' && url.endsWith('/prompt')
  const { request, ...entry } = log.entries.find(isPrompt)!
  const text = JSON.stringify({ prompt: { 1: { class_type: 'EmptyLatentImage', inputs: {} } } })
  log.entries.push({
    ...entry,
    startedDateTime: '2099-01-01T00:00:00.000Z',
    request: { ...request, postData: { mimeType: 'application/json', text } },
  })
  writeFileSync(har, JSON.stringify({ log }))
  const args = ['--dry-run', '--recording', 'mine', '--prompt-file', join(root, 'fixtures/prompt_files/example.txt')]

  const reported = await callPr(args, { cwd })
  expect(reported.exitCode).toBe(0)
  expect(reported.stdout).toContain('Never used of recording mine: prompts 7\n')
  const strict = await callPr([...args, '--strict', '--quiet'], { cwd })
  expect(strict.exitCode).toBe(3)
  expect(strict.stderr).toContain('PR_UNUSED_RECORDING: 1 recorded prompt of mine stayed unused\n')
  expect(strict.stderr).toContain('prompt 7: nothing ran of EmptyLatentImage\n')
})
