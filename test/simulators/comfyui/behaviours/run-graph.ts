import { expect } from 'vitest'
import type { Graph } from '../../../../src/domain/graph.ts'
import { defineBehaviour, type NodeBehaviour } from '../../../../src/index.ts'
import { freshSimulator, ORIGIN, openSocket } from '../reach-simulator.ts'

export interface Message {
  readonly type: string
  readonly data: Readonly<Record<string, unknown>>
}

export interface Refusal {
  readonly node_errors: Readonly<Record<string, { readonly errors: ReadonlyArray<Readonly<Record<string, unknown>>> }>>
}

export const firstError = (refusal: Refusal | null) => refusal?.node_errors['1']?.errors[0]

/** Runs a graph on a server that knows these classes, once for each time it is given. */
export async function run(behaviours: readonly NodeBehaviour[], ...graphs: Graph[]) {
  const simulator = freshSimulator(behaviours)
  const { frames } = openSocket(simulator, '/ws?clientId=c1')
  for (const prompt of graphs) {
    const body = JSON.stringify({ prompt, client_id: 'c1', extra_data: { extra_pnginfo: { workflow: { by: 'me' } } } })
    const response = await simulator.http(new Request(`${ORIGIN}/prompt`, { method: 'POST', body }))
    if (response.status !== 200) return { refused: (await response.json()) as Refusal, simulator, messages: [], frames }
    await expect.poll(() => simulator.report().remaining, { interval: 1 }).toBe(0)
  }
  const messages = frames.flatMap((frame) => (typeof frame === 'string' ? [JSON.parse(frame) as Message] : []))
  return { refused: null, simulator, messages, frames }
}

export const dataOf = (messages: readonly Message[], type: string) =>
  messages.flatMap((message) => (message.type === type ? [message.data] : []))

/** What each node showed. */
export const shown = (messages: readonly Message[]) =>
  Object.fromEntries(dataOf(messages, 'executed').map(({ display_node, output }) => [display_node, output]))

/** Shows what it gets. */
export const show = defineBehaviour({
  classType: 'Show',
  inputTypes: { required: { value: ['*'] } },
  outputNode: true,
  inputIsList: true,
  run: (inputs) => ({
    ui: { values: inputs.list('value').map((each) => (each.kind === 'data' ? each.data : each.kind)) },
  }),
})

/** A list, a number and a dict. */
export const numbers = defineBehaviour({
  classType: 'Numbers',
  inputTypes: { required: { upTo: ['INT', { default: 3, min: 1, max: 9 }] } },
  returnTypes: ['INT', 'FLOAT', 'STRING'],
  returnNames: ['each', 'half', 'name'],
  outputIsList: [true, false, false],
  run: (inputs) => {
    const upTo = inputs.number('upTo', 0)
    return { result: [Array.from({ length: upTo }, (_, index) => BigInt(index + 1)), upTo / 2, { name: 'x' }] }
  },
})

export const pixel = {
  kind: 'images',
  images: { width: 8, height: 8, segments: [{ frames: 1, colour: 0xff0000 }] },
} as const
