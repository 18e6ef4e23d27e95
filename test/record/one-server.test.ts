import { expect, it } from 'vitest'
import { callPr } from '../cli/call-pr.ts'

const two = ['--comfyui-url', 'http://127.0.0.1:1', '--comfyui-url', 'http://127.0.0.1:2']

it.each([
  [['record'], 'pr record records'],
  [['drift'], 'a recording is compared with'],
  [['serve', '--record-to', 'recordings/mine'], 'pr serve --record-to passes everything on to'],
])('%s takes one server', async (words, what) => {
  const { exitCode, stderr } = await callPr([...words, ...two])
  expect([exitCode, stderr]).toEqual([
    2,
    `PR_USAGE: ${what} one server at a time, and 2 were given\n  hint: give --comfyui-url with one of them\n`,
  ])
})
