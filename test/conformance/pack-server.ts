import { readFileSync } from 'node:fs'
import { expect } from 'vitest'
import { computeBehaviours } from '../../src/simulators/comfyui/behaviours/compute-all.ts'
import { validateBehaviours } from '../../src/simulators/comfyui/behaviours/validate-all.ts'
import { createFileStore } from '../../src/simulators/comfyui/files/file-store.ts'
import { KnowledgeRunner } from '../../src/simulators/comfyui/knowledge-runner.ts'
import { parseJson } from '../../src/simulators/comfyui/python/parse.ts'
import type { PyDict } from '../../src/simulators/comfyui/python/py.ts'
import { ServerModel } from '../../src/simulators/comfyui/server/server-model.ts'
import { serviceOf } from '../../src/simulators/comfyui/simulator.ts'
import { virtualClock } from '../../src/simulators/virtual-clock.ts'
import { openSocket } from '../simulators/comfyui/reach-simulator.ts'
import { testingPackBehaviours } from './testing-pack.ts'
import { testingPackCompute } from './testing-pack-compute.ts'

const objectInfo = parseJson(
  readFileSync(new URL('../../fixtures/conformance/object_info.json', import.meta.url), 'utf8'),
) as PyDict

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
  const files = createFileStore({ clock, root: '/comfy' })
  const behaviours = new Map([...computeBehaviours, ...testingPackCompute])
  const runner = new KnowledgeRunner({ objectInfo, classes: new Map(), files, clock, previews: false, behaviours })
  const validate = new Map([...validateBehaviours, ...testingPackBehaviours])
  const newId = () => crypto.randomUUID()
  const model = new ServerModel({ objectInfo, answers: new Map(), entries: [], files, runner, clock, newId, validate })
  const service = serviceOf(model)
  const { frames } = openSocket(service, '/ws?clientId=c')
  const send = (path: string, init?: RequestInit) => service.http(new Request(`http://127.0.0.1:8188${path}`, init))
  let sent = 0
  return {
    wedged: () => model.worker.died?.message ?? null,
    async run(graph, more = { client_id: 'c' }) {
      const before = frames.length
      sent += 1
      const prompt = Object.fromEntries(
        Object.entries(graph).map(([id, [class_type, inputs]]) => [id, { class_type, inputs }]),
      )
      const body = JSON.stringify({ prompt, prompt_id: `p${sent}`, ...more })
      const response = await send('/prompt', { method: 'POST', body })
      if (response.status !== 200) throw new Error(await response.text())
      await expect.poll(() => model.queue.remaining === 0 || model.worker.died !== null, { interval: 1 }).toBe(true)
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
