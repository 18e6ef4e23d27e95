import { expect, it } from 'vitest'
import { CacheKeys } from '../../../../src/simulators/comfyui/execute/cache-key.ts'
import { DynamicPrompt } from '../../../../src/simulators/comfyui/execute/dynamic-prompt.ts'
import { classTraits, type NodeRunner } from '../../../../src/simulators/comfyui/execute/node-runner.ts'
import { Schedule } from '../../../../src/simulators/comfyui/execute/schedule.ts'
import { parseJson } from '../../../../src/simulators/comfyui/python/parse.ts'
import { dict, type PyDict } from '../../../../src/simulators/comfyui/python/py.ts'

// Classes: `Out` is an output, `Async` a coroutine, `Lazy` has a lazy input, `Draws` differs every time, `Once` knows its id.
const runner: NodeRunner = {
  traits(classType) {
    const lazy = classType === 'Lazy' ? { lazy: true } : {}
    const info = dict({
      input: dict({
        required: dict({ a: ['X', dict(lazy)], b: ['X', new Map()] }),
        hidden: dict(classType.startsWith('Once') ? { id: 'UNIQUE_ID' } : {}),
      }),
      output: ['X'],
      output_node: classType === 'Out',
    })
    return classTraits(info, { isAsync: classType === 'Async' })
  },
  beginPrompt: () => {},
  fingerprint: (classType) =>
    classType === 'Draws' ? [Number.NaN] : classType.endsWith('File') ? ['hash'] : undefined,
  lazyRequest: () => [],
  run: () => expect.fail('nothing is run here'),
}

const graph = (json: string) => new DynamicPrompt(parseJson(json) as PyDict)

function orderOf(json: string, outputs: string[], cached: string[] = []): string[] {
  const schedule = new Schedule(graph(json), runner, (id) => cached.includes(id))
  for (const id of outputs) schedule.add(id)
  const order: string[] = []
  for (let id = schedule.pick(); id !== null; id = schedule.pick()) {
    order.push(id)
    schedule.complete(id)
  }
  return order
}

const node = (type: string, a?: string, b?: string) =>
  `{"class_type": "${type}", "inputs": {${[a && `"a": ["${a}", 0]`, b && `"b": ["${b}", 0]`].filter(Boolean).join(', ')}}}`

it('takes the source of the last link first', () => {
  expect(orderOf(`{"1": ${node('X')}, "2": ${node('X')}, "3": ${node('Out', '1', '2')}}`, ['3'])).toEqual([
    '2',
    '1',
    '3',
  ])
})

it('prefers outputs, then what leads to one', () => {
  const json = `{"1": ${node('X')}, "2": ${node('X', '1')}, "3": ${node('Out', '2')}, "4": ${node('X')}, "5": ${node('Out', '4')}}`
  expect(orderOf(json, ['3', '5'])).toEqual(['4', '5', '1', '2', '3'])
})

it('prefers a grandparent of an output to what is farther away', () => {
  const long = `"1": ${node('X')}, "2": ${node('X', '1')}, "3": ${node('X', '2')}, "4": ${node('Out', '3')}`
  const short = `"5": ${node('X')}, "6": ${node('X', '5')}, "7": ${node('Out', '6')}`
  expect(orderOf(`{${long}, ${short}}`, ['4', '7'])).toEqual(['5', '6', '7', '1', '2', '3', '4'])
})

it('starts coroutines as early as outputs', () => {
  expect(orderOf(`{"1": ${node('X')}, "2": ${node('Async')}, "3": ${node('Out', '2', '1')}}`, ['3'])).toEqual([
    '2',
    '1',
    '3',
  ])
})

it('leaves out what is cached and what only a lazy input wants, but never an output', () => {
  const json = `{"1": ${node('X')}, "2": ${node('X', '1')}, "3": ${node('Lazy', '1', '2')}, "4": ${node('Out', '3')}}`
  expect(orderOf(json, ['4'], ['2'])).toEqual(['3', '4'])
  expect(orderOf(json, ['4'], ['4'])).toEqual(['1', '2', '3', '4'])
})

// The server drops only what waits for nothing, so what waits for the cycle may be blamed, too.
it('blames the first node that waits for a cycle', () => {
  const prompt = graph(`{"1": ${node('X', '2')}, "2": ${node('X', '1')}, "3": ${node('Out', '2')}}`)
  const schedule = new Schedule(prompt, runner, () => false)
  schedule.add('3')
  expect([schedule.pick(), schedule.isEmpty, schedule.blamedForCycle()]).toEqual([null, false, '3'])
})

function keyOf(json: string, id: string): string {
  let nan = 0
  return new CacheKeys(graph(json), runner, () => {
    nan += 1
    return `nan${nan}`
  }).keyOf(id)
}

const first = `{"1": {"class_type": "X", "inputs": {"a": 1, "b": "t"}}, "2": ${node('Out', '1')}}`

it.each([
  ['other ids', `{"x": {"class_type": "X", "inputs": {"a": 1, "b": "t"}}, "2": ${node('Out', 'x')}}`],
  ['another order of inputs', `{"1": {"class_type": "X", "inputs": {"b": "t", "a": 1}}, "2": ${node('Out', '1')}}`],
  ['1.0 for 1', `{"1": {"class_type": "X", "inputs": {"a": 1.0, "b": "t"}}, "2": ${node('Out', '1')}}`],
  ['true for 1', `{"1": {"class_type": "X", "inputs": {"a": true, "b": "t"}}, "2": ${node('Out', '1')}}`],
  [
    'a title',
    `{"1": {"class_type": "X", "inputs": {"a": 1, "b": "t"}, "_meta": {"title": "T"}}, "2": ${node('Out', '1')}}`,
  ],
])('has the same cache key for %s', (_, other) => {
  expect(keyOf(other, '2')).toBe(keyOf(first, '2'))
})

it.each([
  ['the text of the number', `{"1": {"class_type": "X", "inputs": {"a": "1", "b": "t"}}, "2": ${node('Out', '1')}}`],
  ['one constant more', `{"1": {"class_type": "X", "inputs": {"a": 1, "b": "t", "c": 0}}, "2": ${node('Out', '1')}}`],
  ['another class', `{"1": {"class_type": "Y", "inputs": {"a": 1, "b": "t"}}, "2": ${node('Out', '1')}}`],
  [
    'another slot',
    `{"1": {"class_type": "X", "inputs": {"a": 1, "b": "t"}}, "2": {"class_type": "Out", "inputs": {"a": ["1", 1]}}}`,
  ],
])('has another cache key for %s', (_, other) => {
  expect(keyOf(other, '2')).not.toBe(keyOf(first, '2'))
})

it('never repeats the key of a node whose fingerprint is not a number, nor of what comes after it', () => {
  const json = `{"1": ${node('Draws')}, "2": ${node('Out', '1')}}`
  let made = 0
  const unequal = () => {
    made += 1
    return `nan${made}`
  }
  const [one, other] = [graph(json), graph(json)].map((prompt) => new CacheKeys(prompt, runner, unequal).keyOf('2'))
  expect(one).not.toBe(other)
})

it('takes a fingerprint that the client sent, but only of a class that has the hook', () => {
  const sent = (type: string) => `{"1": {"class_type": "${type}", "inputs": {}, "is_changed": ["old"]}}`
  expect(keyOf(sent('File'), '1')).not.toBe(keyOf(`{"1": ${node('File')}}`, '1'))
  expect(keyOf(sent('X'), '1')).toBe(keyOf(`{"1": ${node('X')}}`, '1'))
})

it('counts the id of a node that asks for it', () => {
  const json = `{"1": ${node('Once')}, "2": ${node('Once')}, "3": ${node('X')}, "4": ${node('X')}}`
  expect(keyOf(json, '1')).not.toBe(keyOf(json, '2'))
  expect(keyOf(json, '3')).toBe(keyOf(json, '4'))
})

it('breaks at a link to a hidden input of a class with a fingerprint', () => {
  const json = (type: string) => `{"1": ${node('X')}, "2": {"class_type": "${type}", "inputs": {"id": ["1", 0]}}}`
  expect(() => keyOf(json('OnceFile'), '2')).toThrow("'str' object has no attribute 'get'")
  expect(() => keyOf(json('Once'), '2')).not.toThrow()
})
