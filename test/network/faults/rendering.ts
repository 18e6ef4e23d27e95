import { readFileSync } from 'node:fs'
import { setTimeout as wait } from 'node:timers/promises'
import { WebSocket } from 'ws'
import { timeLimits } from '../../../src/domain/pace.ts'
import type { Json } from '../../support/rehearse.ts'
import { ask, type FaultyNetwork } from './faulty-network.ts'

const PROMPT_ID = '11111111-1111-4111-8111-111111111111'
const { prompt } = JSON.parse(readFileSync('fixtures/comfyui/interrupted.json', 'utf8'))

/** A small HIGH pass of four steps. */
export const graph = {
  ...prompt,
  10: { ...prompt['10'], inputs: { ...prompt['10'].inputs, steps: 4, end_at_step: 4 } },
}

/** What became of a prompt, as its client sees it. */
export interface Rendered {
  /** `executing 10`, `progress 2`, `preview`; what is no JSON is `?`. */
  readonly events: readonly string[]
  /** How the socket was refused or closed; null when it is still open. */
  readonly socket: string | number | null
  /** Status of the answer to `POST /prompt`; null when there was none. */
  readonly posted: number | null
  /** All that the answer says of the prompt in the end; null when the history does not know it. */
  readonly history: Json
  readonly queue: { readonly running: number; readonly pending: number }
}

/** Sends a prompt over HTTP with a socket beside it, and waits until nothing more happens. */
export async function render(network: FaultyNetwork): Promise<Rendered> {
  const events: string[] = []
  let socket: string | number | null = null
  const client = new WebSocket(`ws://${network.host}:${network.port}/ws?clientId=c`)
  client.on('error', (error) => {
    socket ??= error.message
  })
  client.on('message', (frame, isBinary) => events.push(isBinary ? 'preview' : nameOf(frame.toString())))
  client.on('close', (code) => {
    socket ??= code
  })
  // By the clock of the run, on which a handshake that hangs takes as long as anybody would wait.
  while (client.readyState === WebSocket.CONNECTING && socket === null) {
    if (network.now() < timeLimits.connection) await wait(5)
    else socket = 'not opened in time'
  }
  const body = JSON.stringify({ prompt: graph, client_id: 'c', prompt_id: PROMPT_ID })
  const { status } = await ask(network, 'POST /prompt', { body })
  const facts = await settled(network, events)
  client.terminate()
  const posted = /^HTTP\/1\.1 (\d+)/.exec(status)?.[1]
  return { ...facts, events, socket, posted: posted === undefined ? null : Number(posted) }
}

/**
 * Asks until the server is there, knows the end of what runs, and says nothing more for a moment: as many answers as a busy machine
 * may need to say one thing more, and fewer when the end has been said.
 */
async function settled(
  network: FaultyNetwork,
  events: readonly string[],
): Promise<Pick<Rendered, 'history' | 'queue'>> {
  for (let quiet = 0, before = ''; ; await wait(20)) {
    const [queue, history] = [await json(network, '/queue'), await json(network, `/history/${PROMPT_ID}`)]
    const now = JSON.stringify([queue, history, events, network.now()])
    quiet = now === before ? quiet + 1 : 0
    before = now
    if (queue === null || quiet < (history?.[PROMPT_ID] ? 4 : 12)) continue
    const { queue_running: running, queue_pending: pending } = queue
    return {
      history: history?.[PROMPT_ID] ?? null,
      queue: { running: running.length, pending: pending.length },
    }
  }
}

async function json(network: FaultyNetwork, path: string): Promise<Json> {
  const { body, status } = await ask(network, `GET ${path}`)
  return status.startsWith('HTTP/1.1 200') ? JSON.parse(body.toString()) : null
}

function nameOf(frame: string): string {
  try {
    const { type, data } = JSON.parse(frame)
    const more = type === 'progress' ? data.value : data.node
    return more === undefined ? type : `${type} ${more}`
  } catch {
    return '?'
  }
}
