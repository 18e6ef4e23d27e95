import { readFileSync } from 'node:fs'
import { expect } from 'vitest'
import { dumpJson } from '../../src/simulators/comfyui/python/format.ts'
import { parseJson } from '../../src/simulators/comfyui/python/parse.ts'
import { isDict, type Py, type PyDict } from '../../src/simulators/comfyui/python/py.ts'
import { fc } from './seeded.ts'

const fixture = (name: string) => readFileSync(new URL(`../../fixtures/conformance/${name}`, import.meta.url), 'utf8')

/** The `GET /object_info` that the valid bodies were recorded with. */
export const objectInfo = fixture('object_info.json')

/** Recorded bodies that the server accepted whole. */
export const validBodies = fixture('validation.jsonl')
  .trim()
  .split('\n')
  .map((line) => JSON.parse(line) as { request: string; status: number })
  .filter(({ status }) => status === 200)
  .map(({ request }) => request)

/** Values that a graph should not have where they land. */
const odd: fc.Arbitrary<Py> = fc.oneof(
  fc.constantFrom<Py>(null, true, 0n, -1n, 2n ** 70n, 0.5, Number.NaN, '', 'nope', '1', 'SaveImage', [], ['1', 0n]),
  fc.constantFrom<Py>(['1', -1n], ['1', 9n], ['1', 'a'], [1n, 0n], [[], 0n], ['missing', 0n], new Map(), ['1', 0n, 1n]),
  fc.constantFrom<Py>(new Map([['__value__', ['a']]]), new Map([['__value__', null]]), [new Map()], 'class_type'),
  fc.tuple(fc.constantFrom('1', '2', '3', '4', '5', '6', '7'), fc.constantFrom(0n, 1n)).map((link): Py => link),
)

/** Says where to change what: `path` picks a key on each level. */
const mutation = fc.record({
  path: fc.array(fc.nat(30), { minLength: 1, maxLength: 5 }),
  value: odd,
  drop: fc.boolean(),
})

function mutate(root: Py, { path, value, drop }: { path: number[]; value: Py; drop: boolean }): void {
  let here = root
  for (const [depth, step] of path.entries()) {
    const keys = isDict(here) ? [...here.keys()] : Array.isArray(here) ? [...here.keys()] : []
    const key = keys[step % Math.max(1, keys.length)]
    if (key === undefined) return
    const last = depth === path.length - 1
    if (isDict(here) && typeof key === 'string') {
      if (last) drop ? here.delete(key) : here.set(key, value)
      here = here.get(key) ?? null
    } else if (Array.isArray(here) && typeof key === 'number') {
      if (last) drop ? here.splice(key, 1) : here.splice(key, 1, value)
      here = here[key] ?? null
    }
  }
}

const REFUSALS = [
  'no_prompt',
  'invalid_prompt',
  'invalid_prompt_id',
  'missing_node_type',
  'prompt_no_outputs',
  'prompt_outputs_failed_validation',
]
const NODE_ERRORS = [
  'required_input_missing',
  'bad_linked_input',
  'return_type_mismatch',
  'invalid_input_type',
  'value_smaller_than_min',
  'value_bigger_than_max',
  'value_not_in_list',
  'custom_validation_failed',
  'dependency_cycle',
  'exception_during_inner_validation',
  'exception_during_validation',
]

/** One of these bodies of `POST /prompt` after one to four changes. */
export function mutationsOf(bodies: readonly string[]): fc.Arbitrary<string> {
  return fc
    .tuple(fc.constantFrom(...bodies), fc.array(mutation, { minLength: 1, maxLength: 4 }))
    .map(([body, changes]) => {
      const root = parseJson(body)
      // A copy: the next change may go into the value that this one put in.
      for (const change of changes) mutate(root, structuredClone(change))
      return dumpJson(root)
    })
}

/** A body of `POST /prompt` that was valid before one to four changes were made to it. */
export const mutatedBody: fc.Arbitrary<string> = mutationsOf(validBodies)

/** Fails unless an answer to `POST /prompt` is one that the server can give. */
export function expectLegal({
  status,
  contentType,
  body,
}: {
  status: number
  contentType: string
  body: string
}): void {
  if (status === 500) {
    expect({ contentType, body }).toEqual({
      contentType: 'text/plain; charset=utf-8',
      body: expect.stringMatching(/^500 Internal/),
    })
    return
  }
  expect(contentType).toBe('application/json; charset=utf-8')
  const parsed = parseJson(body) as PyDict
  expect([...parsed.keys()]).toEqual(status === 200 ? ['prompt_id', 'number', 'node_errors'] : ['error', 'node_errors'])
  if (status === 400) expect(REFUSALS).toContain((parsed.get('error') as PyDict).get('type'))
  for (const entry of (parsed.get('node_errors') as PyDict).values() as Iterable<PyDict>) {
    expect([...entry.keys()]).toEqual(['errors', 'dependent_outputs', 'class_type'])
    for (const error of entry.get('errors') as PyDict[]) expect(NODE_ERRORS).toContain(error.get('type'))
  }
}
