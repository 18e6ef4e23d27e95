import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { validateBehaviours } from '../../../../src/simulators/comfyui/behaviours/validate-all.ts'
import { dumpJson } from '../../../../src/simulators/comfyui/python/dump.ts'
import { parseJson } from '../../../../src/simulators/comfyui/python/parse.ts'
import { isDict, type Py, type PyDict } from '../../../../src/simulators/comfyui/python/py.ts'
import { nodeClasses } from '../../../../src/simulators/comfyui/validate/node-class.ts'
import { validatePrompt } from '../../../../src/simulators/comfyui/validate/validate-prompt.ts'

const fixture = (name: string) =>
  readFileSync(new URL(`../../../../fixtures/conformance/${name}`, import.meta.url), 'utf8')

const findClass = nodeClasses(parseJson(fixture('object_info.json')) as PyDict, validateBehaviours)

/** Recorded bodies that the server accepted whole. */
const validBodies = fixture('validation.jsonl')
  .trim()
  .split('\n')
  .map((line) => JSON.parse(line) as { request: string; status: number })
  .filter(({ status }) => status === 200)
  .map(({ request }) => request)

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

const REFUSALS = ['no_prompt', 'invalid_prompt', 'prompt_no_outputs', 'prompt_outputs_failed_validation']
const NODE_ERRORS = [
  'required_input_missing',
  'bad_linked_input',
  'return_type_mismatch',
  'invalid_input_type',
  'value_smaller_than_min',
  'value_bigger_than_max',
  'value_not_in_list',
  'custom_validation_failed',
  'exception_during_inner_validation',
  'exception_during_validation',
]

/** Fails unless an answer is one that the server can give. */
function expectLegal(body: string): void {
  const answer = validatePrompt(body, {
    findClass,
    fileExists: (name) => name === 'a.png',
    counter: 7n,
    newId: () => 'id',
  })
  expect([7n, 8n]).toContain(answer.counter)
  if (answer.status === 500) {
    expect(answer).toMatchObject({
      contentType: 'text/plain; charset=utf-8',
      body: expect.stringMatching(/^500 Internal/),
    })
    return
  }
  expect(answer.contentType).toBe('application/json; charset=utf-8')
  const parsed = parseJson(answer.body) as PyDict
  expect([...parsed.keys()]).toEqual(
    answer.status === 200 ? ['prompt_id', 'number', 'node_errors'] : ['error', 'node_errors'],
  )
  if (answer.status === 400) expect(REFUSALS).toContain((parsed.get('error') as PyDict).get('type'))
  for (const entry of (parsed.get('node_errors') as PyDict).values() as Iterable<PyDict>) {
    expect([...entry.keys()]).toEqual(['errors', 'dependent_outputs', 'class_type'])
    for (const error of entry.get('errors') as PyDict[]) expect(NODE_ERRORS).toContain(error.get('type'))
  }
  expect(answer.item !== undefined).toBe(answer.status === 200)
  if (answer.item) expect(answer.item.outputs.length).toBeGreaterThan(0)
}

const rounds = Number(process.env['PR_MUTATION_ROUNDS'] ?? 500)

it('gives a legal answer to any mutation of a valid prompt', () => {
  const mutations = fc.array(mutation, { minLength: 1, maxLength: 4 })
  fc.assert(
    fc.property(fc.constantFrom(...validBodies), mutations, (body, changes) => {
      const root = parseJson(body)
      for (const change of changes) mutate(root, change)
      expectLegal(dumpJson(root))
    }),
    { numRuns: rounds },
  )
}, 60_000)

it('gives a legal answer to any text', () => {
  fc.assert(fc.property(fc.oneof(fc.string(), fc.json(), fc.constantFrom(...validBodies).map((text) => text.slice(0, -3))), expectLegal)) // biome-ignore format: one line
})

it('refuses a chain of nodes that is deeper than Python’s stack', () => {
  const nodes = Array.from({ length: 3000 }, (_, index) => [
    `n${index}`,
    { class_type: 'ImageInvert', inputs: { image: [`n${index + 1}`, 0] } },
  ])
  const prompt = { ...Object.fromEntries(nodes), out: { class_type: 'PreviewImage', inputs: { images: ['n0', 0] } } }
  const answer = validatePrompt(JSON.stringify({ prompt }), {
    findClass,
    fileExists: () => true,
    counter: 0n,
    newId: () => 'id',
  })
  expect([answer.status, answer.body.includes('RecursionError')]).toEqual([400, true])
})
