import { expect, it } from 'vitest'
import { loadRecording } from '../../../src/recording/load-recording.ts'
import type { LoadedEntry } from '../../../src/recording/loaded-entry.ts'
import { parseJson } from '../../../src/simulators/comfyui/python/parse.ts'
import { freshSimulator, openSocket } from './reach-simulator.ts'

// A real server ran HIGH, LOW and combine of two chunks; the simulator gets the same requests from the same client.
const { entries } = await loadRecording('wan22-two-chunks')
const socketEntry = entries.find(({ frames }) => frames)!
const text = (bytes: Uint8Array) => Buffer.from(bytes).toString()
const unstamped = (json: string) => json.replaceAll(/"timestamp": \d+/g, '"timestamp": 0')
const isPost = ({ method, url }: LoadedEntry) => method === 'POST' && url.pathname === '/prompt'

async function replay() {
  const simulator = freshSimulator()
  const socket = openSocket(simulator, socketEntry.url.pathname + socketEntry.url.search)
  for (const frame of socketEntry.frames!)
    if (frame.from === 'client' && frame.opcode === 1) socket.send(String(frame.data()))
  const answers = new Map<LoadedEntry, { status: number; body: string }>()
  for (const entry of entries.filter(({ frames }) => !frames)) {
    const body = entry.requestBody()
    const init = {
      method: entry.method,
      headers: entry.requestHeaders,
      ...(body.length > 0 && { body: Uint8Array.from(body) }),
    }
    const response = await simulator.http(new Request(entry.url, init))
    answers.set(entry, { status: response.status, body: Buffer.from(await response.arrayBuffer()).toString() })
    if (isPost(entry)) await expect.poll(() => simulator.report().remaining, { interval: 1 }).toBe(0)
  }
  return { simulator, answers, frames: socket.frames }
}

it('sends the client of a real render what the server sent it', async () => {
  const { frames } = await replay()
  const texts = (list: readonly unknown[]) => list.filter((frame) => typeof frame === 'string').map(unstamped)
  const recorded = [...socketEntry.frames!].filter(({ from, opcode }) => from === 'server' && opcode === 1)
  expect(texts(frames)).toEqual(texts(recorded.map(({ data }) => data())))
})

it('sends a preview with every progress tick', async () => {
  const { frames } = await replay()
  const kinds = frames.map((frame) => (typeof frame === 'string' ? /"type": "(\w+)"/.exec(frame)![1] : 'preview'))
  const before = kinds.flatMap((kind, index) => (kind === 'progress' ? [kinds.slice(index - 2, index)] : []))
  expect(before).toEqual(Array.from({ length: 8 }, () => ['progress_state', 'preview']))
})

it('answers the same ids, numbers, queue and history', async () => {
  const { answers } = await replay()
  const compared = entries.filter(
    ({ url, frames }) => !frames && /^\/(prompt|history|upload|features)/.test(url.pathname),
  )
  expect(compared.length).toBeGreaterThan(12)
  for (const entry of compared) {
    const { status, body } = answers.get(entry)!
    expect(status).toBe(entry.status)
    expect(parseJson(unstamped(body))).toEqual(parseJson(compact(text(entry.responseBody()))))
  }
})

it('leaves the same files behind, latents of the same size to the byte', async () => {
  const { simulator, answers } = await replay()
  const views = entries.filter(({ url }) => url.pathname === '/view')
  expect(views.map((entry) => answers.get(entry)!.status)).toEqual(views.map(() => 200))
  const latents = views.filter(({ url }) => url.search.includes('.latent'))
  const sizes = latents.map(({ url }) => {
    const name = `${url.searchParams.get('subfolder')}/${url.searchParams.get('filename')} [output]`
    return simulator.files.find(name)!.bytes.size
  })
  expect(sizes).toEqual(latents.map((entry) => entry.responseBody().length))
  const frames = simulator.files
    .list('output')
    .flatMap(({ subfolder, content }) =>
      content.kind === 'video' ? [[subfolder, content.images.segments.map((segment) => segment.frames)]] : [],
    )
  expect(frames).toEqual([
    ['otter/chunk1', [9]],
    ['otter/chunk2', [9]],
    ['otter/combine1', [9, 9]],
    ['otter/combine2', [9, 9, 9]],
  ])
})

// Recorded stamps are those of the real run; JSON in recordings is indented.
const compact = (json: string) => json.replaceAll(/"timestamp": ?\d+/g, '"timestamp": 0')
