import { expect, it } from 'vitest'
import { dict } from '../../../../src/simulators/comfyui/python/py.ts'
import { History } from '../../../../src/simulators/comfyui/server/history.ts'

const record = { outputs: new Map(), meta: new Map(), success: true, messages: [] }
const item = (promptId: string, extraData = new Map()) => ({
  number: 1n,
  promptId,
  prompt: new Map(),
  extraData,
  outputs: [],
})

function historyOf(...ids: string[]) {
  const history = new History()
  for (const id of ids) history.add(item(id), record)
  return history
}

const keys = (json: string) => Object.keys(JSON.parse(json))

it.each([
  [null, -1, ['a', 'b', 'c']],
  [2, -1, ['b', 'c']],
  [9, -1, ['a', 'b', 'c']],
  [null, 1, ['b', 'c']],
  [1, 1, ['b']],
  [null, -3, ['a', 'b', 'c']],
  [0, -1, []],
  [0, 0, ['a']],
  [-1, -1, []],
  [null, 3, []],
])('pages max_items=%s offset=%s as the server does', (maxItems, offset, expected) => {
  expect(keys(historyOf('a', 'b', 'c').page(maxItems, offset))).toEqual(expected)
})

it('writes an entry with its keys in the order of the server, without tokens', () => {
  const history = new History()
  history.add(item('a', dict({ client_id: 'c', auth_token_comfy_org: 'secret', api_key_comfy_org: 'secret' })), record)
  expect(history.get('a')).toBe(
    '{"a": {"prompt": [1, "a", {}, {"client_id": "c"}, []], "outputs": {}, ' +
      '"status": {"status_str": "success", "completed": true, "messages": []}, "meta": {}}}',
  )
})

it('keeps the place of an id that is used again, and forgets what is deleted', () => {
  const history = historyOf('a', 'b')
  history.add(item('a'), { ...record, success: false })
  expect(keys(history.page(null, -1))).toEqual(['a', 'b'])
  expect(history.get('a')).toContain('"status_str": "error", "completed": false')
  history.delete('a')
  history.delete('unknown')
  expect([history.get('a'), keys(history.page(null, -1))]).toEqual(['{}', ['b']])
  history.clear()
  expect(history.page(null, -1)).toBe('{}')
})

it('holds 10,001 entries at most', () => {
  const history = historyOf(...Array.from({ length: 10_003 }, (_, index) => `p${index}`))
  expect(keys(history.page(1, 0))).toEqual(['p2'])
  expect(keys(history.page(null, -1)).length).toBe(10_001)
})
