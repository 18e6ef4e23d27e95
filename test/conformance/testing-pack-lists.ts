import type { CallInputs } from '../../src/simulators/comfyui/behaviours/call-inputs.ts'
import type { ComputeBehaviour } from '../../src/simulators/comfyui/behaviours/compute-behaviour.ts'
import { data, type Value } from '../../src/simulators/comfyui/execute/value.ts'
import { PythonError } from '../../src/simulators/comfyui/python/py.ts'

/** The pack's ACCUMULATION: a list of values in one value. */
type Accumulation = Extract<Value, { kind: 'opaque' }> & { readonly items: readonly Value[] }

const accumulation = (items: readonly Value[]): Accumulation => ({
  kind: 'opaque',
  type: 'ACCUMULATION',
  colour: 0,
  items,
})

function itemsOf(inputs: CallInputs): readonly Value[] {
  const found = inputs.find('accumulation', 'opaque') as Accumulation | null
  return found?.items ?? []
}

function itemAt(items: readonly Value[], index: number): Value {
  const item = items.at(index)
  if (!item) throw new PythonError('IndexError', 'list index out of range')
  return item
}

const given = (inputs: CallInputs, name: string) => inputs.call.inputs.get(name) ?? data(null)

export const listBehaviours: readonly (readonly [string, ComputeBehaviour])[] = [
  [
    'TestMakeListNode',
    {
      compute: ({ call }) => {
        const names = [...call.inputs.keys()].filter((name) => /^value\d+$/.test(name)).sort()
        return { outputs: [names.map((name) => call.inputs.get(name)!)] }
      },
    },
  ],
  [
    'TestAccumulateNode',
    { compute: (inputs) => ({ outputs: [accumulation([...itemsOf(inputs), given(inputs, 'to_add')])] }) },
  ],
  [
    'TestAccumulationHeadNode',
    {
      compute: (inputs) => {
        const [head = data(null), ...rest] = itemsOf(inputs)
        return { outputs: [accumulation(rest), head] }
      },
    },
  ],
  [
    'TestAccumulationTailNode',
    {
      compute: (inputs) => {
        const items = itemsOf(inputs)
        return { outputs: [accumulation(items.slice(0, -1)), items.at(-1) ?? data(null)] }
      },
    },
  ],
  ['TestAccumulationToListNode', { compute: (inputs) => ({ outputs: [itemsOf(inputs)] }) }],
  [
    'TestListToAccumulationNode',
    { inputIsList: true, compute: ({ call }) => ({ outputs: [accumulation(call.lists.get('list') ?? [])] }) },
  ],
  ['TestAccumulationGetLengthNode', { compute: (inputs) => ({ outputs: [data(BigInt(itemsOf(inputs).length))] }) }],
  [
    'TestAccumulationGetItemNode',
    { compute: (inputs) => ({ outputs: [itemAt(itemsOf(inputs), inputs.number('index', 0))] }) },
  ],
  [
    'TestAccumulationSetItemNode',
    {
      compute: (inputs) => {
        const items = itemsOf(inputs)
        const index = inputs.number('index', 0)
        itemAt(items, index)
        return { outputs: [accumulation(items.with(index, given(inputs, 'value')))] }
      },
    },
  ],
]
