import type { Action, ActionKind } from './actions.ts'
import { Form } from './form.ts'

type Make = (said: Readonly<Record<string, unknown>>) => Partial<Record<string, unknown>> & { kind: ActionKind }

/** Other tools' names where the meaning is equal: WireMock's, toxiproxy's, and the instructions of Google's storage test bench. */
const texts: Readonly<Record<string, Make>> = {
  EMPTY_RESPONSE: () => ({ kind: 'noAnswer' }),
  CONNECTION_RESET_BY_PEER: () => ({ kind: 'reset' }),
  MALFORMED_RESPONSE_CHUNK: () => ({ kind: 'malformed' }),
  RANDOM_DATA_THEN_CLOSE: () => ({ kind: 'random' }),
  'latency <pause>': (said) => ({ kind: 'delay', ...said }),
  'bandwidth <rate>': ({ rate }) => ({ kind: 'slow', rate: Number(rate) * 1024 }),
  'slow_close <pause>': (said) => ({ kind: 'slowClose', ...said }),
  'timeout [<pause>]': ({ pause }) => ({ kind: 'hang', pause: pause === 0 ? null : pause }),
  reset_peer: () => ({ kind: 'reset' }),
  'slicer <size> [<pause>]': (said) => ({ kind: 'slice', ...said }),
  'limit_data <received>': (said) => ({ kind: 'truncate', ...said }),
  down: () => ({ kind: 'refuse', connections: 'all' }),
  'return <status> [after <sent>]': (said) => ({ kind: 'status', as: 'json', ...said }),
  'return reset connection': () => ({ kind: 'reset' }),
  'return broken stream [after <received>]': (said) => ({ kind: 'truncate', ...said }),
  'stall for <pause> after <sent>': (said) => ({ kind: 'hang', ...said }),
}

const aliases = Object.entries(texts).map(([text, make]) => ({ form: new Form(text), make }))

/** What the words mean in another tool's language; null when no such tool says them. */
export function aliasOf(words: readonly string[]): Partial<Action> | null {
  const [first = ''] = words
  // The test bench writes an instruction as one word: `return-503-after-256K`.
  const spoken = /^(return|stall)-/.test(first) && words.length === 1 ? first.split('-') : words
  for (const { form, make } of aliases) {
    const read = form.read(spoken)
    if ('said' in read) return make(read.said) as Partial<Action>
  }
  return null
}
