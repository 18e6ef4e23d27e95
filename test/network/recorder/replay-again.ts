import { Agent } from 'undici'
import { serveNetwork } from '../../../src/network/wire/serve.ts'
import type { LoadedEntry } from '../../../src/recording/loaded-entry.ts'
import { replayRecorded } from '../../../src/simulators/comfyui/routes/recorded-replay.ts'
import type { Simulator } from '../../../src/simulators/simulator.ts'

/** What a client of a replay gets for each request of a recording: the same again, the same until it breaks off, or why nothing. */
export async function replayAgain(entries: readonly LoadedEntry[]): Promise<string[]> {
  await using served = await serveNetwork({ services: [{ name: 'comfyui', http: replayOf(entries) }], port: 0 })
  const dispatcher = new Agent()
  const outcomes: string[] = []
  for (const entry of entries)
    outcomes.push(
      entry.frames ? '(a socket)' : await again(entry, await ask(served.addresses.comfyui!, entry, dispatcher)),
    )
  await dispatcher.destroy()
  return outcomes
}

function replayOf(entries: readonly LoadedEntry[]): Simulator {
  const classes = { ...entries[0]!, method: 'GET', status: 200, url: new URL('/object_info', entries[0]!.url) }
  const replay = replayRecorded([...entries, classes])
  return async (asked) => {
    const found = await replay(asked)
    if (found instanceof Response) return found
    return new Response([found.cause, found.nearest].filter(Boolean).join('; '), { status: 501 })
  }
}

function ask({ origin }: URL, { method, url, requestHeaders, requestBody }: LoadedEntry, dispatcher: Agent) {
  const headers = Object.fromEntries([...requestHeaders].filter(([name]) => !isOfConnection(name)))
  const body = Buffer.from(requestBody())
  const asked = { origin, path: url.pathname + url.search, method: method as 'GET', headers }
  return dispatcher.request({ ...asked, body: body.length > 0 ? body : null })
}

async function again(
  entry: LoadedEntry,
  { statusCode, headers, body }: Awaited<ReturnType<typeof ask>>,
): Promise<string> {
  const { bytes, isWhole } = await read(body)
  if (statusCode === 501) return bytes.toString()
  const recorded = Buffer.from(entry.responseBody())
  const differing = Array.from(entry.responseHeaders)
    .filter(
      ([name, value]) =>
        !isOfConnection(name) && Buffer.from(String(headers[name]), 'latin1').toString('latin1') !== value,
    )
    .map(([name]) => name)
  if (statusCode !== entry.status || differing.length > 0) return `ANOTHER: ${statusCode} ${differing}`
  if (entry.method === 'HEAD') {
    const [was, is] = [entry.responseHeaders.get('content-length') ?? undefined, headers['content-length']]
    return was === is ? 'the same' : `ANOTHER length: ${is}`
  }
  if (!bytes.equals(recorded) && withoutSpace(bytes) !== withoutSpace(recorded)) return `ANOTHER: ${bytes}`
  return isWhole ? 'the same' : 'the same, broken off'
}

const withoutSpace = (bytes: Buffer) => bytes.toString().replaceAll(/\s/g, '')

const isOfConnection = (name: string) =>
  /^(?:host|connection|expect|keep-alive|content-length|content-encoding|trailer|transfer-encoding|upgrade|date|set-cookie)$/.test(
    name,
  )

async function read(body: AsyncIterable<Uint8Array>): Promise<{ bytes: Buffer; isWhole: boolean }> {
  const pieces: Uint8Array[] = []
  try {
    for await (const piece of body) pieces.push(piece)
    return { bytes: Buffer.concat(pieces), isWhole: true }
  } catch {
    return { bytes: Buffer.concat(pieces), isWhole: false }
  }
}
