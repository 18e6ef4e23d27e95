import { type NodeBehaviour, type NodeInputs, PythonError, type Value } from '../../src/index.ts'

/** The pack's ACCUMULATION: a list of values in one value. */
const accumulation = (items: readonly Value[]): Value => ({ kind: 'opaque', type: 'ACCUMULATION', object: items })

function itemsOf(inputs: NodeInputs): readonly Value[] {
  return (inputs.find('accumulation', 'opaque')?.object ?? []) as readonly Value[]
}

function itemAt(items: readonly Value[], index: number): Value {
  const item = items.at(index)
  if (!item) throw new PythonError('IndexError', 'list index out of range')
  return item
}

const given = (inputs: NodeInputs, name: string): Value => inputs.value(name) ?? { kind: 'data', data: null }

export const lists: Readonly<Record<string, Omit<NodeBehaviour, 'classType'>>> = {
  TestMakeListNode: {
    run: (inputs) => {
      const names = inputs
        .names()
        .filter((name) => /^value\d+$/.test(name))
        .sort()
      return { result: [names.map((name) => inputs.value(name)!)] }
    },
  },
  TestAccumulateNode: { run: (inputs) => ({ result: [accumulation([...itemsOf(inputs), given(inputs, 'to_add')])] }) },
  TestAccumulationHeadNode: {
    run: (inputs) => {
      const [head, ...rest] = itemsOf(inputs)
      return { result: [accumulation(rest), head ?? null] }
    },
  },
  TestAccumulationTailNode: {
    run: (inputs) => {
      const items = itemsOf(inputs)
      return { result: [accumulation(items.slice(0, -1)), items.at(-1) ?? null] }
    },
  },
  TestAccumulationToListNode: { run: (inputs) => ({ result: [itemsOf(inputs)] }) },
  TestListToAccumulationNode: { inputIsList: true, run: (inputs) => ({ result: [accumulation(inputs.list('list'))] }) },
  TestAccumulationGetLengthNode: { run: (inputs) => ({ result: [BigInt(itemsOf(inputs).length)] }) },
  TestAccumulationGetItemNode: { run: (inputs) => ({ result: [itemAt(itemsOf(inputs), inputs.number('index', 0))] }) },
  TestAccumulationSetItemNode: {
    run: (inputs) => {
      const items = itemsOf(inputs)
      const index = inputs.number('index', 0)
      itemAt(items, index)
      return { result: [accumulation(items.with(index, given(inputs, 'value')))] }
    },
  },
}
