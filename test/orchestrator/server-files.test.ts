import { writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { createComfyuiClient } from '../../src/clients/comfyui/comfyui.ts'
import { realPace } from '../../src/clients/real-pace.ts'
import { runRetries } from '../../src/domain/retry-policy.ts'
import type { RunEvent } from '../../src/domain/run-event.ts'
import type { RunContext } from '../../src/orchestrator/run-context.ts'
import { uploadFile } from '../../src/orchestrator/server-files.ts'
import { startLoopback } from '../clients/loopback-comfyui.ts'
import { temporaryFolder } from '../support/folders.ts'

/** Uploads a file to a server that breaks the first `breaks` uploads off. */
async function upload(breaks: number) {
  let left = breaks
  const server = await startLoopback({
    instead: ({ method }, response) => {
      if (method !== 'POST' || left === 0) return false
      left -= 1
      response.destroy()
      return true
    },
  })
  return at(server.url, server.close, server.requests)
}

async function at(url: URL, close: () => Promise<void>, requests: () => string[]) {
  const comfyui = createComfyuiClient({ url, clientId: 'c' })
  onTestFinished(async () => {
    await comfyui.close()
    await close()
  })
  const path = join(temporaryFolder(), 'otter.png')
  writeFileSync(path, 'an otter')
  const events: RunEvent[] = []
  const context = {
    clients: { comfyui, pace: realPace },
    options: { maxRetries: 2 },
    retries: runRetries,
    now: () => 0,
    emit: (event: RunEvent) => events.push(event),
    signal: new AbortController().signal,
    closing: new AbortController().signal,
    ask: async () => false,
    atLeave: () => {},
  } as unknown as RunContext
  const result = await uploadFile(context, 'otter', path, { name: 'start.png' }).catch((error) => error)
  const said = events.map((event) => (event.kind === 'warning' ? `${event.video}: ${event.message}` : event.kind))
  return {
    result,
    said: said.map((text) => text.replace(path, 'otter.png').replace(url.origin, '')),
    asked: requests(),
  }
}

const warning = (attempt: number) =>
  expect.stringMatching(
    new RegExp(
      `^otter: POST /upload/image: ComfyUI does not answer: .*\\(attempt ${attempt} of uploading otter.png, trying again\\)$`,
    ),
  )
const [post, get] = ['POST /upload/image', 'GET /prompt']

it('uploads again what broke off', async () => {
  const { result, said, asked } = await upload(2)
  expect(result).toEqual({ filename: 'start.png', subfolder: '', type: 'input' })
  expect(said).toEqual([warning(1), warning(2)])
  expect(asked).toEqual([post, get, post, get, post])
})

it('gives up after the attempts that a job has', async () => {
  const { result, said, asked } = await upload(9)
  expect(result).toMatchObject({ code: 'PR_COMFY_UNREACHABLE' })
  expect(said).toEqual([warning(1), warning(2)])
  expect(asked).toEqual([post, get, post, get, post])
})

it('waits for a server that is away', async () => {
  const requests: string[] = []
  const back = createServer((request, response) => {
    requests.push(`${request.method} ${request.url}`)
    const isUpload = request.method === 'POST'
    const answer = isUpload
      ? { name: 'start.png', subfolder: '', type: 'input' }
      : { exec_info: { queue_remaining: 0 } }
    request.resume().on('end', () => response.setHeader('content-type', 'application/json').end(JSON.stringify(answer)))
  })
  const close = () => new Promise<void>((closed) => back.close(() => closed()))
  let away = 3
  back.on('connection', (socket) => away-- > 0 && socket.resetAndDestroy())
  await new Promise<void>((listening) => back.listen(0, '127.0.0.1', listening))
  const { port } = back.address() as { port: number }
  const { result, said, asked } = await at(new URL(`http://127.0.0.1:${port}`), close, () => requests)
  expect(result).toEqual({ filename: 'start.png', subfolder: '', type: 'input' })
  // Systems differ in what they call a connection that is cut as it begins.
  expect(said).toEqual([expect.stringMatching(/\((ECONNRESET|EPIPE|UND_ERR_SOCKET)\)/)])
  expect(asked).toEqual([get, post])
})
