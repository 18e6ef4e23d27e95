import { lookup } from 'node:dns'
import { connect, type IpcNetConnectOpts, type TcpNetConnectOpts } from 'node:net'
import { beforeAll, expect, it } from 'vitest'
import { duringTheRun } from '../support/during-the-run.ts'
import { promptFile, type Rehearsed, rehearse } from '../support/rehearse.ts'
import { contents } from '../support/run-contents.ts'

const msw = ['--engine', 'msw']
// The sockets that MSW takes over never connect, and are closed when they are collected.
const mayLeave = 'TCPSocketWrap'

const env = {
  SOURCE_DATE_EPOCH: '1767225600',
  COMFYUI_TOKEN: 'comfy-ABCDEFGHIJKLMNOP',
  RUNPOD_POD_ID: 'pod-1',
  RUNPOD_API_KEY: 'rpa_ABCDEFGHIJKLMNOP',
}
const files = { 'prompt_files/a.txt': promptFile('heron', 80), 'prompt_files/b.txt': promptFile('otter', 120) }
const flags = ['--keep-intermediate', '--force-shutdown']
let wire: Rehearsed
beforeAll(async () => {
  wire = await rehearse(flags, { files, env })
})

it('gives identical bytes with two videos, a pod and everything kept', async () => {
  const again = await rehearse(flags, { files, env })
  expect(wire.exitCode).toBe(0)
  expect(contents(again)).toEqual(contents(wire))
})

it('writes the same run folder through MSW, nock and mock-socket as through the wire', async () => {
  const other = await rehearse([...flags, ...msw], { files, env, mayLeave })
  expect(other.exitCode).toBe(0)
  expect(other.summary.rehearsal.requests).toMatchObject({ runpod: expect.any(Number), gcs: expect.any(Number) })
  expect(contents(other)).toEqual(contents(wire))
  expect(other.stdout.replaceAll(other.cwd, '')).toBe(wire.stdout.replaceAll(wire.cwd, ''))
})

it.each([
  ['a request', () => fetch('http://leak.invalid/clip.mp4').catch(() => {}), 'connection leak.invalid:80'],
  ['a connection that speaks no HTTP', () => connectTo({ host: '192.0.2.1', port: 25 }), 'connection 192.0.2.1:25'],
  ['a unix socket', () => connectTo({ path: '/run/docker.sock' }), 'unix-socket /run/docker.sock'],
  ['a look-up', () => lookup('leak.invalid', () => {}), 'dns leak.invalid'],
])('ends with 5 after %s', async (_, work, refused) => {
  const files = { 'prompt_files/heron.txt': promptFile('heron', 17) }
  // A connection that says nothing is refused after a moment, which the run has to last for.
  const { exitCode, summary } = await rehearse([...msw, '--speed', '10000'], {
    files,
    mayLeave,
    ...duringTheRun(work),
  })
  expect({ exitCode, refused: summary.rehearsal.refused, real: summary.rehearsal.real_connections }).toEqual({
    exitCode: 5,
    refused: [refused],
    real: 0,
  })
})

function connectTo(where: TcpNetConnectOpts | IpcNetConnectOpts): void {
  connect(where).on('error', () => {})
}
