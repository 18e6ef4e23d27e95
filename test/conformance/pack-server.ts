import { readFileSync } from 'node:fs'
import { expect } from 'vitest'
import { membersOf } from '../../src/recording/exact-json.ts'
import { comfyuiSimulator } from '../../src/simulators/comfyui/simulator.ts'
import { virtualClock } from '../../src/simulators/virtual-clock.ts'
import { openSocket } from '../simulators/comfyui/reach-simulator.ts'
import { testingPack } from './testing-pack.ts'

const objectInfo = readFileSync(new URL('../../fixtures/conformance/object_info.json', import.meta.url), 'utf8')

/** A server of which nothing but its classes is known. */
const knowledge = {
  version: '0.3.64',
  device: 'cpu',
  argv: [],
  objectInfo,
  nodeClasses: membersOf(objectInfo)!,
  classes: new Map(),
  shown: new Map(),
  computed: new Map(),
  answers: new Map(),
  entries: [],
}

interface Message {
  readonly type: string
  readonly data: Readonly<Record<string, unknown>>
}

export interface PackServer {
  /** Runs a graph of `[class, inputs]` by node id to its end. */
  run(graph: Readonly<Record<string, Node>>, more?: object): Promise<RunEnd>
  /** Why its worker died; null while it lives. */
  wedged(): string | null
}

export type Node = readonly [classType: string, inputs: Readonly<Record<string, unknown>>]

export interface RunEnd {
  readonly messages: readonly Message[]
  /** Nodes in the order in which they were started. */
  readonly started: readonly unknown[]
  /** Data of the error without what every error has. */
  readonly error: Readonly<Record<string, unknown>> | undefined
  readonly texts: Readonly<Record<string, unknown>>
  /** `status` of its history entry. */
  readonly status:
    | { readonly status_str: string; readonly messages: readonly (readonly [string, object])[] }
    | undefined
}

/** A server with ComfyUI's own testing pack; outputs run in document order. */
export function packServer(): PackServer {
  const clock = virtualClock(Date.UTC(2026, 10, 23), 0)
  const newId = () => crypto.randomUUID()
  const service = comfyuiSimulator({ knowledge, clock, newId, behaviours: testingPack })
  const { frames } = openSocket(service, '/ws?clientId=c')
  const send = (path: string, init?: RequestInit) => service.http(new Request(`http://127.0.0.1:8188${path}`, init))
  let sent = 0
  return {
    wedged: () => service.report().wedged,
    async run(graph, more = { client_id: 'c' }) {
      const before = frames.length
      sent += 1
      const prompt = Object.fromEntries(
        Object.entries(graph).map(([id, [class_type, inputs]]) => [id, { class_type, inputs }]),
      )
      const body = JSON.stringify({ prompt, prompt_id: `p${sent}`, ...more })
      const response = await send('/prompt', { method: 'POST', body })
      if (response.status !== 200) throw new Error(await response.text())
      const { report } = service
      await expect.poll(() => report().remaining === 0 || report().wedged !== null, { interval: 1 }).toBe(true)
      const entries = (await (await send(`/history/p${sent}`)).json()) as Record<string, Pick<RunEnd, 'status'>>
      return endOf(frames.slice(before), entries[`p${sent}`]?.status)
    },
  }
}

function endOf(frames: readonly (string | Uint8Array)[], status: RunEnd['status']): RunEnd {
  const messages = frames.flatMap((frame) => (typeof frame === 'string' ? [JSON.parse(frame) as Message] : []))
  const dataOf = (type: string) => messages.flatMap((each) => (each.type === type ? [each.data] : []))
  return {
    messages,
    started: dataOf('executing').flatMap(({ node }) => (node === null ? [] : [node])),
    error: dataOf('execution_error').at(-1),
    texts: Object.fromEntries(
      dataOf('executed').map(({ node, output }) => [node, (output as { text?: unknown } | null)?.text]),
    ),
    status,
  }
}
