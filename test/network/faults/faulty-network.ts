import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { setTimeout as wait } from 'node:timers/promises'
import { timeLimits } from '../../../src/domain/pace.ts'
import { openFaults } from '../../../src/network/faults/faults.ts'
import { parseFault } from '../../../src/network/faults/grammar/parse-fault.ts'
import { installNetwork } from '../../../src/network/install.ts'
import { hostTable } from '../../../src/network/safety/host-table.ts'
import { serveNetwork } from '../../../src/network/wire/serve.ts'
import type { ComfyuiSimulator } from '../../../src/simulators/comfyui/simulator.ts'
import { simulatedServices } from '../../../src/simulators/simulated-services.ts'
import { virtualClock } from '../../../src/simulators/virtual-clock.ts'

/** A simulated network in which something goes wrong, and a client that sees every byte. */
export interface FaultyNetwork extends AsyncDisposable {
  readonly comfyui: ComfyuiSimulator
  readonly host: string
  readonly port: number
  /** Of the simulated storage, where it is a server. */
  readonly storage?: string
  /** Milliseconds of the run's clock. */
  now(): number
  /** Signals that this program was to be killed by. */
  readonly killed: readonly string[]
  report(): ReadonlyArray<readonly [fault: string, times: number]>
  problems(): readonly string[]
}

const START = Date.UTC(2026, 10, 23)

/** By the wire engine, or as real servers on loopback. */
export async function faultyNetwork(skin: 'wire' | 'serve', ...specs: string[]): Promise<FaultyNetwork> {
  const clock = virtualClock(START, 0)
  const killed: string[] = []
  const faults = openFaults(specs.map(parseFault), { clock, isVirtual: true, kill: (signal) => killed.push(signal) })
  let count = 0
  const newId = () => {
    count += 1
    return `00000000-0000-4000-8000-${String(count).padStart(12, '0')}`
  }
  const world = await simulatedServices('wan22-two-chunks', { clock, newId, keepBytes: true, comfyui: faults.comfyui })
  const services = world.all.map(faults.wrap)
  const facts = {
    comfyui: world.comfyui,
    killed,
    now: () => clock.now() - START,
    report: () => faults.report().map(({ fault, times }) => [fault, times] as const),
    problems: () => faults.problems().map(({ message }) => message),
  }
  if (skin === 'wire') {
    const hosts = hostTable(new URL('http://comfyui.test:8188'))
    const network = await installNetwork({ services, hosts, lines: faults.lines })
    return { ...facts, host: 'comfyui.test', port: 8188, [Symbol.asyncDispose]: () => network[Symbol.asyncDispose]() }
  }
  const network = await serveNetwork({ services, port: 0, lines: faults.lines })
  const { hostname, port } = network.addresses.comfyui!
  const storage = network.addresses.gcs?.origin
  if (storage === undefined) throw new Error('no storage')
  return {
    ...facts,
    host: hostname,
    port: Number(port),
    storage,
    [Symbol.asyncDispose]: () => network[Symbol.asyncDispose](),
  }
}

/** What came over a connection, and how it ended: by its end, by an error, or (`open`) not as long as anybody would wait. */
export interface Raw {
  readonly status: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: Buffer
  /** All of it, as it came. */
  readonly bytes: Buffer
  readonly end: string
}

interface AskOptions {
  readonly body?: string
  readonly header?: string
  /** The connection is not to end: it is watched until the run's clock says that an answer is not waited for any more. */
  readonly hangs?: boolean
}

/** Sends one request by hand over a connection of its own, and waits for the end of that connection. */
export async function ask(
  { host, port, now }: Pick<FaultyNetwork, 'host' | 'port' | 'now'>,
  request: string,
  { body = '', header = 'accept: */*', hangs = false }: AskOptions = {},
): Promise<Raw> {
  const socket = connect(port, host)
  const length = body === '' ? '' : `content-length: ${Buffer.byteLength(body)}\r\n`
  socket.write(`${request} HTTP/1.1\r\nhost: ${host}:${port}\r\nconnection: close\r\n${header}\r\n${length}\r\n${body}`)
  return received(socket, hangs ? now : null)
}

/** `now` is the clock of the run, for a connection that hangs. */
async function received(socket: Socket, now: (() => number) | null): Promise<Raw> {
  const chunks: Buffer[] = []
  let end = ''
  socket.on('data', (chunk) => chunks.push(chunk))
  socket.on('error', (error: NodeJS.ErrnoException) => {
    end = error.code ?? error.message
  })
  const closed = once(socket, 'close').catch(() => {})
  const isOver = await Promise.race([closed.then(() => true), ...(now ? [hanging(now)] : [])])
  socket.destroy()
  await closed
  const bytes = Buffer.concat(chunks)
  const split = bytes.indexOf('\r\n\r\n')
  const [status = '', ...lines] = bytes.subarray(0, Math.max(0, split)).toString('latin1').split('\r\n')
  const headers = Object.fromEntries(lines.map((line) => line.toLowerCase().split(': ') as [string, string]))
  return { status, headers, bytes, body: bytes.subarray(split + 4), end: isOver ? end || 'end' : 'open' }
}

/** What was sent before the clock went on has arrived a moment later. */
async function hanging(now: () => number): Promise<false> {
  while (now() < timeLimits.answer) await wait(5)
  return wait(20, false)
}
