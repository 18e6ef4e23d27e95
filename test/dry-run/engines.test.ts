import { expect, it } from 'vitest'
import { duringTheRun } from '../support/preload.ts'
import { promptFile, rehearse } from '../support/rehearse.ts'
import { contents } from '../support/run-contents.ts'

const msw = ['--engine', 'msw']

it('writes the same run folder through MSW, nock and mock-socket as through the wire', async () => {
  const env = {
    SOURCE_DATE_EPOCH: '1767225600',
    COMFYUI_TOKEN: 'comfy-ABCDEFGHIJKLMNOP',
    RUNPOD_POD_ID: 'pod-1',
    RUNPOD_API_KEY: 'rpa_ABCDEFGHIJKLMNOP',
  }
  const files = { 'prompt_files/a.txt': promptFile('heron', 120), 'prompt_files/b.txt': promptFile('otter', 17) }
  const flags = ['--keep-intermediate', '--force-shutdown']
  const [wire, other] = await Promise.all([flags, [...flags, ...msw]].map((all) => rehearse(all, { files, env })))
  expect(other!.exitCode).toBe(0)
  expect(other!.summary.rehearsal.requests).toMatchObject({ runpod: expect.any(Number), gcs: expect.any(Number) })
  expect(contents(other!)).toEqual(contents(wire!))
  expect(other!.stdout.replaceAll(other!.cwd, '')).toBe(wire!.stdout.replaceAll(wire!.cwd, ''))
})

it.each([
  ['a request', "fetch('http://leak.invalid/clip.mp4').catch(() => {})", 'connection leak.invalid:80'],
  [
    'a connection that speaks no HTTP',
    "import('node:net').then(({ connect }) => connect(25, '192.0.2.1').on('error', () => {}))",
    'connection 192.0.2.1:25',
  ],
  [
    'a unix socket',
    "import('node:net').then(({ connect }) => connect('/run/docker.sock').on('error', () => {}))",
    'unix-socket /run/docker.sock',
  ],
  ['a look-up', "import('node:dns').then((dns) => dns.lookup('leak.invalid', () => {}))", 'dns leak.invalid'],
])('ends with 5 after %s', async (_, code, refused) => {
  const files = { 'prompt_files/heron.txt': promptFile('heron', 17) }
  const { exitCode, summary } = await rehearse(msw, { files, env: duringTheRun(code) })
  expect({ exitCode, refused: summary.rehearsal.refused, real: summary.rehearsal.real_connections }).toEqual({
    exitCode: 5,
    refused: [refused],
    real: 0,
  })
})
