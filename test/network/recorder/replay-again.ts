import type { LoadedEntry } from '../../../src/recording/loaded-entry.ts'
import { replayRecorded } from '../../../src/simulators/comfyui/routes/recorded-replay.ts'

/** What a replay of a recording gives for each of its requests: the same again, the same until it breaks off, or why nothing. */
export async function replayAgain(entries: readonly LoadedEntry[]): Promise<string[]> {
  const { origin } = entries[0]!.url
  const classes = { ...entries[0]!, method: 'GET', status: 200, url: new URL('/object_info', origin) }
  const replay = replayRecorded([...entries, classes])
  const outcomes: string[] = []
  for (const entry of entries)
    outcomes.push(entry.frames ? '(a socket)' : await again(entry, await replay(requestOf(entry))))
  return outcomes
}

function requestOf({ method, url, requestHeaders, requestBody }: LoadedEntry): Request {
  // No client of this platform sends a body with it.
  const body = method === 'GET' || method === 'HEAD' ? null : Uint8Array.from(requestBody())
  return new Request(url, { method, headers: requestHeaders, body: body?.length ? body : null })
}

async function again(entry: LoadedEntry, answer: Awaited<ReturnType<ReturnType<typeof replayRecorded>>>) {
  if (!(answer instanceof Response)) return [answer.cause, answer.nearest].filter(Boolean).join('; ')
  const { bytes, isWhole } = await read(answer)
  const recorded = Buffer.from(entry.responseBody())
  const differing = Array.from(entry.responseHeaders)
    .filter(([name, value]) => !isOfTransport(name) && answer.headers.get(name) !== value)
    .map(([name]) => name)
  if (answer.status !== entry.status || differing.length > 0) return `ANOTHER: ${answer.status} ${differing}`
  const length = Number(entry.responseHeaders.get('content-length') ?? 0)
  if (entry.method === 'HEAD')
    return Number(answer.headers.get('content-length') ?? 0) === length ? 'the same' : 'ANOTHER length'
  if (!bytes.equals(recorded) && bytes.toString().replaceAll(/\s/g, '') !== recorded.toString().replaceAll(/\s/g, ''))
    return `ANOTHER: ${bytes}`
  return isWhole ? 'the same' : 'the same, broken off'
}

const isOfTransport = (name: string) =>
  /^(?:connection|keep-alive|content-length|content-encoding|transfer-encoding|date|set-cookie)$/.test(name)

async function read(answer: Response): Promise<{ bytes: Buffer; isWhole: boolean }> {
  const pieces: Uint8Array[] = []
  try {
    for await (const piece of answer.body ?? []) pieces.push(piece)
    return { bytes: Buffer.concat(pieces), isWhole: true }
  } catch {
    return { bytes: Buffer.concat(pieces), isWhole: false }
  }
}
