import { request } from 'undici'
import { expect, it, vi } from 'vitest'
import { replay } from '../../src/exports/replay.ts'

const COMFYUI = 'http://127.0.0.1:8188'

it('answers probes that it may leave unanswered as a server without these routes', async () => {
  await using net = await replay('wan22-two-chunks', { allow: ['/manager/version', /^\/customnode\//] })
  const statuses = await Promise.all(
    ['/manager/version?a=1', '/customnode/getlist', '/queue'].map(async (path) => (await fetch(COMFYUI + path)).status),
  )
  expect([statuses, net.problems()]).toEqual([[404, 404, 200], []])
})

it('does not leave unanswered what is not allowed', async () => {
  const net = await replay('wan22-two-chunks', { allow: ['/manager/version'] })
  await fetch(`${COMFYUI}/manager/versions`)
  expect(net.problems()).toMatchObject([{ code: 'PR_UNMATCHED_REQUEST' }])
  await expect(net[Symbol.asyncDispose]()).rejects.toThrow('/manager/versions')
})

it('shows sockets: who they are for, and what the client sent', async () => {
  await using net = await replay('wan22-two-chunks')
  const flags = '{"type": "feature_flags", "data": {"supports_preview_metadata": true}}'
  const socket = new WebSocket(`${COMFYUI.replace('http', 'ws')}/ws?clientId=c1&token=hunter2`)
  const answered = new Promise((heard) =>
    socket.addEventListener('message', ({ data }) => /flags/.test(data) && heard(0)),
  )
  socket.addEventListener('open', () => socket.send(flags))
  await answered
  socket.close()
  expect(net.sockets).toEqual([
    { url: 'http://127.0.0.1:8188/ws?clientId=c1&token={{secret:token}}', clientId: 'c1', sent: [flags] },
  ])
})

it('speaks of the test, and not of a dry run', async () => {
  const net = await replay('wan22-two-chunks')
  await expect(request('http://hooks.example/')).rejects.toThrow('a test opens no real connection')
  const failed = await net[Symbol.asyncDispose]().then(String, String)
  expect(failed).toContain('the test tried to connect to hooks.example:80, which was refused')
  expect(failed).not.toContain('dry run')
})

it('says whose network is in place, and is gone when its test is over', async () => {
  const over = new AbortController()
  await replay('wan22-two-chunks', { signal: over.signal })
  await expect(replay('wan22-two-chunks')).rejects.toThrow(
    /^this process has a simulated network already, made at .*replay\.test\.ts:\d+:\d+: tests that each have one cannot run at the same time \(it\.concurrent\)/,
  )
  over.abort()
  await using net = await vi.waitUntil(() => replay('wan22-two-chunks').catch(() => null))
  expect(net.problems()).toEqual([])
})
