import { globSync } from 'node:fs'
import { basename } from 'node:path'
import { expect, it } from 'vitest'
import { main } from '../../src/cli/main.ts'
import { capturedStreams } from './captured-output.ts'

const files = globSync('fixtures/broken-workflows/*.json').sort()

it('has twenty and more of them', () => {
  expect(files.length).toBeGreaterThan(20)
})

it.each(files)('%s: names the node, the value and the cure, and ends with exit code 2', async (file) => {
  const { streams, texts } = capturedStreams()
  const args = ['validate', file, ...(basename(file).startsWith('strict-') ? ['--strict'] : [])]
  const exitCode = await main(args, {}, process.cwd(), streams)
  expect([exitCode, texts.stderr]).toEqual([2, ''])
  await expect(`$ pr ${args.join(' ')}\n${texts.stdout}`).toMatchFileSnapshot(
    `expected/broken-workflows/${basename(file, '.json')}.txt`,
  )
})

it('lets what is only regretted pass without --strict', async () => {
  const { streams, texts } = capturedStreams()
  const regretted = files.filter((file) => basename(file).startsWith('strict-'))
  const exitCode = await main(['validate', ...regretted], {}, process.cwd(), streams)
  expect([exitCode, texts]).toEqual([
    0,
    {
      stdout: 'Valid: checked 10 workflows against ComfyUI 0.3.64 (recording wan22-two-chunks of 2026-11-23).\n',
      stderr: '',
    },
  ])
})
