import { expect, it } from 'vitest'
import { behavioursWith } from '../../../../src/simulators/comfyui/behaviours/behaviours.ts'
import { parseJson } from '../../../../src/simulators/comfyui/python/parse.ts'
import type { PyDict } from '../../../../src/simulators/comfyui/python/py.ts'
import { rulesOf } from '../../../../src/simulators/comfyui/rules.ts'
import { OWN_REPLACEMENTS } from '../../../../src/simulators/comfyui/schema/node-replacements.ts'
import { nodeClasses } from '../../../../src/simulators/comfyui/validate/node-class.ts'
import { validatePrompt } from '../../../../src/simulators/comfyui/validate/validate-prompt.ts'

const v3 = { deprecated: false, experimental: false, api_node: false }
const classes = {
  Pick: { ...v3, input: { required: { one: ['COMBO', { options: ['a', 'b'] }] } }, output: ['IMAGE'] },
  PickMany: {
    ...v3,
    input: { required: { many: ['COMBO', { options: ['a', 'b'], multiselect: true }] } },
    output: ['*'],
  },
  PickRemote: {
    ...v3,
    input: { required: { far: ['COMBO', { options: [], remote_combo: { route: '/voices' } }] } },
    output: ['A,*'],
  },
  OldList: { input: { required: {} }, output: [['a', 'b']] },
  Match: { ...v3, input: { required: {} }, output: ['COMFY_MATCHTYPE_V3'] },
  Echo: { input: { optional: { from: ['IMAGE', {}] } }, output: ['IMAGE'] },
  Show: {
    input: { optional: { source: ['IMAGE', {}], list: ['COMBO', { options: ['a'] }] } },
    output: [],
    output_node: true,
  },
}
const newer = {
  ControlNetLoader: { ...v3, input: { required: { control_net_name: ['STRING', {}] } }, output: ['IMAGE'] },
  Preview3D: { ...v3, input: { required: { model_file: ['STRING', {}] } }, output: ['IMAGE'] },
}
const findClass = nodeClasses(parseJson(JSON.stringify({ ...classes, ...newer })) as PyDict, behavioursWith())

function answer(body: object, version = '0.29.0') {
  const { status, item, ...given } = validatePrompt(JSON.stringify(body), {
    findClass,
    fileExists: () => true,
    counter: 0n,
    newId: () => 'made-here',
    now: () => 1_796_000_000_000,
    rules: rulesOf(version),
    ...(rulesOf(version).nodeReplacements && { replacements: OWN_REPLACEMENTS }),
  })
  const parsed = status === 500 ? null : JSON.parse(given.body)
  const nodes = Object.entries(
    (parsed?.node_errors ?? {}) as Record<string, { errors: Array<{ type: string; details: string }> }>,
  )
  const errors = nodes.flatMap(([id, node]) => node.errors.map(({ type, details }) => `${id} ${type} ${details}`))
  return { status, error: parsed?.error?.type, message: parsed?.error?.message, errors, item }
}

const node = (class_type: string, inputs: object = {}) => ({ class_type, inputs })
const show = (from: object) => ({ prompt: { 1: from, 2: node('Show', { source: ['1', 0] }) } })
const errorsOf = (from: object, version?: string) => answer(show(from), version).errors

it('enforces the options of new combos, one value or several', () => {
  expect(errorsOf(node('Pick', { one: 'c' }))).toEqual(["1 value_not_in_list one: 'c' not in ['a', 'b']"])
  expect(errorsOf(node('Pick', { one: 3 }))).toEqual(["1 value_not_in_list one: 3 not in ['a', 'b']"])
  expect(errorsOf(node('PickMany', { many: { __value__: ['a', 'b'] } }))).toEqual([])
  expect(errorsOf(node('PickMany', { many: { __value__: ['a', 'x', "y'"] } }))).toEqual([
    `1 value_not_in_list many: 'x', "y'" not in ['a', 'b']`,
  ])
  expect(errorsOf(node('PickRemote', { far: 'anything' }))).toEqual([])
  expect(errorsOf(node('Pick', { one: 'c' }), '0.3.64')).toEqual([])
})

it('lets types that stand for others lead anywhere', () => {
  const linked = (class_type: string, input: string) =>
    answer({ prompt: { 1: node(class_type), 2: node('Show', { [input]: ['1', 0] }) } }).status
  expect([linked('Match', 'source'), linked('OldList', 'list')]).toEqual([200, 200])
  expect(answer(show(node('PickRemote', { far: 'x' }))).status).toBe(200)
  expect(answer(show(node('OldList'))).errors).toEqual([
    "2 return_type_mismatch source, received_type(['a', 'b']) mismatch input_type(IMAGE)",
  ])
})

it('names every node of a circle, and one that another circle has passed only once', () => {
  const prompt = {
    1: node('Echo', { from: ['2', 0] }),
    2: node('Echo', { from: ['1', 0] }),
    3: node('Show', { source: ['1', 0] }),
    4: node('Show', { source: ['2', 0] }),
  }
  expect(answer({ prompt }).errors).toEqual([
    '1 dependency_cycle 1 (Echo) -> 2 (Echo) -> 1 (Echo)',
    '2 dependency_cycle 1 (Echo) -> 2 (Echo) -> 1 (Echo)',
  ])
  expect(answer({ prompt }, '0.19.2').errors).toEqual([])
})

it('names a node by its title where its class is missing', () => {
  const messageOf = (entry: object) => answer({ prompt: { 7: entry } }).message
  expect(messageOf({ class_type: 'Nope', inputs: {}, _meta: { title: 'Mine' } })).toBe(
    "Node 'Mine' not found. The custom node may not be installed.",
  )
  expect(messageOf({ class_type: 'Nope', inputs: {} })).toBe(
    "Node 'Nope' not found. The custom node may not be installed.",
  )
  expect(messageOf({ inputs: {}, _meta: { title: '' } })).toBe(
    "Node 'ID #7' has no class_type. The workflow may be corrupted or a custom node is missing.",
  )
  expect(answer({ prompt: { 7: { inputs: {}, _meta: null } } }).status).toBe(500)
  expect(answer({ prompt: { 7: node('Nope') } }, '0.11.0').error).toBe('invalid_prompt')
})

it('takes an id that is a UUID, and makes one for null', () => {
  const given = (prompt_id: unknown, version?: string) => answer({ ...show(node('Match')), prompt_id }, version)
  const id = 'aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa'
  expect([given(id).item?.promptId, given(null).item?.promptId]).toEqual([id, 'made-here'])
  expect([id.toUpperCase(), `{${id}}`, id.replaceAll('-', ''), 5, ''].map((each) => given(each).error)).toEqual(
    Array.from({ length: 5 }, () => 'invalid_prompt_id'),
  )
  expect(given('mine', '0.23.0').item?.promptId).toBe('mine')
})

it('stamps what it queues', () => {
  const extraOf = (body: object, version?: string) =>
    answer({ ...show(node('Echo')), ...body }, version).item?.extraData
  expect(extraOf({ client_id: 'c' })).toEqual(
    new Map<string, unknown>([
      ['client_id', 'c'],
      ['create_time', 1_796_000_000_000n],
    ]),
  )
  expect(extraOf({}, '0.3.67')).toEqual(new Map())
  expect(answer({ ...show(node('Echo')), extra_data: null }).status).toBe(500)
})

it('shows nobody the tokens of a client', () => {
  const body = { ...show(node('Echo')), extra_data: { api_key_comfy_org: 'k', mine: 1 } }
  const { extraData, secrets } = answer(body).item!
  expect([[...(extraData as PyDict).keys()], secrets]).toEqual([
    ['mine', 'create_time'],
    new Map([['api_key_comfy_org', 'k']]),
  ])
  const older = answer(body, '0.3.64').item!
  expect([[...(older.extraData as PyDict).keys()], older.secrets]).toEqual([['api_key_comfy_org', 'mine'], undefined])
})

it('replaces classes that are gone by those that came for them', () => {
  const gone = node('T2IAdapterLoader', { t2i_adapter_name: 'a.pth', more: 1 })
  const { status, item } = answer(show(gone))
  expect([status, (item!.prompt as PyDict).get('1')]).toEqual([
    200,
    new Map<string, unknown>([
      ['class_type', 'ControlNetLoader'],
      ['inputs', new Map([['control_net_name', 'a.pth']])],
    ]),
  ])
  // Nobody says what its inputs have become.
  expect(answer(show(node('Preview3DAnimation', { model_file: 'a.glb' }))).errors).toEqual([
    '1 required_input_missing model_file',
  ])
  expect(answer(show(node('T2IAdapterLoader'))).status).toBe(500)
  expect(answer(show(gone), '0.3.64').error).toBe('invalid_prompt')
})

it('fails on inputs that are none, for it looks through all of them', () => {
  expect(answer({ prompt: { 1: { class_type: 'Show', inputs: [] } } }).status).toBe(500)
  expect(answer({ prompt: [] }).status).toBe(500)
  expect(answer({ prompt: [] }, '0.3.64').status).toBe(400)
})
