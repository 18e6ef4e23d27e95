import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { directConnections } from '../../../src/network/recorder/direct-connections.ts'
import { openRawCapture } from '../../../src/network/recorder/raw-capture.ts'
import { installRecorder } from '../../../src/network/recorder/recorder.ts'
import { serveUpstream } from '../../../src/network/recorder/serve-upstream.ts'
import { hostTable } from '../../../src/network/safety/host-table.ts'
import { finishRecording } from '../../../src/recording/finish-recording.ts'
import type { HarEntry } from '../../../src/recording/har.ts'
import type { LoadedEntry } from '../../../src/recording/loaded-entry.ts'
import { readHar } from '../../../src/recording/read-har.ts'
import { recordRedactor } from '../../../src/recording/record-redactor.ts'
import { answerKinds } from './exchanges/answer-kinds.ts'
import { requestKinds } from './exchanges/request-kinds.ts'
import { socketKinds } from './exchanges/socket-kinds.ts'
import type { Step } from './exchanges/steps.ts'
import { replayAgain } from './replay-again.ts'

const kinds = Object.entries({ ...answerKinds, ...requestKinds, ...socketKinds })

const redactor = recordRedactor({ known: {} })

/** How a client gets to the server: past a recorder, or through one whose files lie in a folder. */
const ways = {
  'serve --record-to': async (upstream: URL, folder: string) => {
    const watch = openRawCapture({ folder, redactor })
    const served = await serveUpstream({ upstream, open: directConnections(null), watch, port: 0 })
    const end = async () => {
      await served[Symbol.asyncDispose]()
      watch[Symbol.dispose]()
    }
    return { address: served.address, end, reset: (client: Socket) => client.resetAndDestroy() }
  },
  record: async (upstream: URL, folder: string) => {
    const recorder = await installRecorder({ folder, redactor, hosts: hostTable(upstream), ca: null })
    // A connection that is claimed has nothing that could be reset.
    const reset = (client: Socket) => client.destroy()
    return { address: upstream, end: () => recorder[Symbol.asyncDispose](), reset }
  },
}

it.each(Object.entries(ways))(
  'changes nothing in %s, holds nothing back, and gives a recording that replays the same',
  async (_, start) => {
    const server = createServer({ allowHalfOpen: true })
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    onTestFinished(() => void server.close())
    const upstream = new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}`)
    const accept = async () => (await once(server, 'connection'))[0] as Socket
    const folder = mkdtempSync(join(tmpdir(), 'pr-unchanged-'))
    onTestFinished(() => rmSync(folder, { recursive: true }))
    const { address, end, reset } = await start(upstream, folder)
    const through: Record<string, unknown> = {}
    try {
      for (const [name, steps] of kinds) through[name] = await play(steps, { address, upstream, accept, reset })
    } finally {
      await end()
    }
    const without: Record<string, unknown> = {}
    for (const [name, steps] of kinds) without[name] = await play(steps, { address: upstream, upstream, accept, reset })
    expect(kinds.length).toBeGreaterThan(60)
    expect(through).toEqual(without)
    finishRecording(folder, { facts: {}, edit: (_, text) => text })
    const { entries, log } = await readHar(join(folder, 'comfyui.har'))
    const replayed = await replayAgain(entries)
    const seen = entries.map((entry, at) => `${told(entry)}${whyCut(log.entries[at]!)}\n    ${replayed[at]}\n`)
    await expect(seen.join('')).toMatchFileSnapshot('./exchanges/recorded.txt')
  },
)

function told({ method, url, status, requestBody, responseBody, frames }: LoadedEntry): string {
  const said = Array.from(frames ?? [], ({ from, opcode, data }) => ` ${from}:${opcode}:${data().length}`).join('')
  const bodies = frames ? said : ` ${requestBody().length} ${responseBody().length}`
  return `${method} ${url.pathname}${url.search} ${status}${bodies}`
}

function whyCut({ response: { _error } }: HarEntry): string {
  return _error ? ` (${_error})` : ''
}

interface Scene {
  readonly address: URL
  readonly upstream: URL
  readonly accept: () => Promise<Socket>
  readonly reset: (client: Socket) => void
}

/** What both sides got to see. A step that does not arrive fails, with what was seen until then. */
async function play(steps: readonly Step[], { address, upstream, accept, reset }: Scene) {
  const accepted = accept()
  const client = watched(connect({ port: Number(address.port), host: '127.0.0.1', allowHalfOpen: true }))
  const server = watched(await accepted)
  for (const step of steps) {
    if ('c' in step) {
      client.socket.write(named(step.c, address.host))
      await server.arrives(named(step.c, upstream.host).length)
    } else if ('s' in step) {
      server.socket.write(step.s)
      await client.arrives(Buffer.byteLength(step.s))
    } else {
      const [from, to] = ('ends' in step ? step.ends : step.resets) === 'client' ? [client, server] : [server, client]
      if ('ends' in step) from.socket.end()
      else if (from === client) reset(client.socket)
      else from.socket.resetAndDestroy()
      await to.hasEnded()
    }
  }
  const seen = { client: client.seen(), server: server.seen() }
  client.socket.destroy()
  server.socket.destroy()
  return seen
}

/** One side of a connection. */
function watched(socket: Socket) {
  let bytes = Buffer.alloc(0)
  let expected = 0
  let ended: string | null = null
  let wake = () => {}
  const told = (how: string | null) => {
    ended ??= how
    wake()
  }
  socket.on('data', (chunk: Buffer) => {
    bytes = Buffer.concat([bytes, chunk])
    wake()
  })
  socket.on('end', () => told('ended'))
  socket.on('error', (error: NodeJS.ErrnoException) => told(error.code ?? ''))
  const until = async (isThere: () => boolean) => {
    while (!isThere()) {
      await new Promise<void>((woken) => {
        wake = woken
      })
    }
  }
  return {
    socket,
    arrives(length: number) {
      expected += length
      return until(() => bytes.length >= expected || ended !== null)
    },
    hasEnded: () => until(() => ended !== null),
    seen: () => ({ bytes: bytes.toString('latin1'), ended }),
  }
}

function named(bytes: string | Buffer, host: string): Buffer {
  return Buffer.from(bytes.toString('latin1').replaceAll('{{host}}', host), 'latin1')
}
