import { dumpJson } from '../../src/simulators/comfyui/python/format.ts'
import { isDict, type Py, type PyDict } from '../../src/simulators/comfyui/python/py.ts'
import { dictAt, dictOf } from './execution-record.ts'

/** Temp names, memory addresses and ids that the server makes are different every time. */
export function withoutRandom(text: string): string {
  return text
    .replaceAll(/_temp_[a-z]{5}_/g, '_temp_*_')
    .replaceAll(/0x[0-9a-f]{6,}/g, '0x*')
    .replaceAll(/\b[0-9a-f]{32}\b/g, '(id)')
    .replaceAll(/\b(?!00000000-)[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b/g, '(id)')
}

/** A text frame as data, without what differs by nature. `linked` tells inputs whose values a node computed. */
export function settledMessage(
  text: string,
  linked: (promptId: string, nodeId: string) => ReadonlySet<string>,
): PyDict {
  const message = dictOf(withoutRandom(text))
  return new Map(message).set('data', settledData(dictAt(message, 'data'), linked))
}

/** The data of a message, on the socket or in a history entry. */
export function settledData(data: PyDict, linked: (promptId: string, nodeId: string) => ReadonlySet<string>): PyDict {
  const settled = new Map(data)
  settled.delete('timestamp')
  settled.delete('traceback')
  for (const key of ['executed', 'current_outputs']) {
    const ids = settled.get(key)
    if (Array.isArray(ids)) settled.set(key, ids.map(dumpJson).sort())
  }
  const inputs = settled.get('current_inputs')
  if (isDict(inputs)) {
    const computed = linked(String(data.get('prompt_id')), String(data.get('node_id')))
    settled.set(
      'current_inputs',
      new Map(
        Array.from(inputs, ([name, list]): [string, Py] => {
          return [name, computed.has(name) && Array.isArray(list) ? list.map(() => 'computed') : list]
        }),
      ),
    )
  }
  return settled
}

const isProgress = (message: PyDict) => message.get('type') === 'progress' || message.get('type') === 'progress_state'

export const withoutProgress = (messages: readonly PyDict[]): PyDict[] => messages.filter((each) => !isProgress(each))

/** Repeated progress of running nodes once: how often it comes and its values are timing. */
export function collapsed(messages: readonly PyDict[]): PyDict[] {
  const kept: PyDict[] = []
  let seen = new Set<string>()
  for (const message of messages) {
    if (!isProgress(message)) {
      seen = new Set()
      kept.push(message)
      continue
    }
    const folded =
      message.get('type') === 'progress' ? progressWithoutValue(message) : stateWithoutRunningValues(message)
    const text = dumpJson(folded)
    if (!seen.has(text)) kept.push(folded)
    seen.add(text)
  }
  return kept
}

function progressWithoutValue(message: PyDict): PyDict {
  return new Map(message).set('data', new Map(dictAt(message, 'data')).set('value', '*'))
}

function stateWithoutRunningValues(message: PyDict): PyDict {
  const data = dictAt(message, 'data')
  const nodes = Array.from(dictAt(data, 'nodes'), ([id, node]): [string, Py] => {
    if (!isDict(node) || node.get('state') !== 'running') return [id, node]
    return [id, new Map(node).set('value', '*').set('max', '*')]
  })
  return new Map(message).set('data', new Map(data).set('nodes', new Map(nodes)))
}
