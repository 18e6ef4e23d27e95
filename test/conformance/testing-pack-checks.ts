import { type NodeBehaviour, type NotEqual, type Py, PythonError, pyStr, type ValidateInputs } from '../../src/index.ts'

// The checks of the testing pack that ComfyUI's own tests load (tests/inference/testing_nodes, 0.3.64).

const TYPE_NAMES = { bigint: 'int', boolean: 'bool', number: 'float', string: 'str' } as const

const typeName = (value: Py): string => {
  if (value === null) return 'NoneType'
  if (typeof value === 'object') return Array.isArray(value) ? 'list' : 'dict'
  return TYPE_NAMES[typeof value as keyof typeof TYPE_NAMES]
}

const constantsAreFloats = (inputs: ReadonlyMap<string, Py>): Py => {
  for (const name of ['input1', 'input2']) {
    const value = inputs.get(name) ?? null
    if (value !== null && typeof value !== 'number') return `Invalid type of ${name}: <class '${typeName(value)}'>`
  }
  return true
}

const custom2: ValidateInputs = {
  parameters: ['input_types'],
  optional: ['input1', 'input2'],
  check(inputs, { inputTypes }) {
    const constants = constantsAreFloats(inputs)
    if (constants !== true) return constants
    for (const name of ['input1', 'input2']) {
      const type = inputTypes.get(name)?.type
      if (type !== undefined && type !== 'IMAGE' && type !== 'FLOAT') return `Invalid type of ${name}: ${pyStr(type)}`
    }
    return true
  },
}

const custom5: ValidateInputs = {
  kwargs: true,
  check(inputs) {
    const second = inputs.get('input2')
    if (second === undefined) throw new PythonError('KeyError', "'input2'")
    return second === 7 || second === 7n ? "7s are not allowed. I've never liked 7s." : true
  },
}

const atMost = (limit: string, words: (value: string, limit: string) => string): ValidateInputs => ({
  parameters: ['value', limit],
  check(inputs) {
    const [value, most] = [inputs.get('value') ?? null, inputs.get(limit) ?? null]
    if (typeof value !== 'number' || typeof most !== 'number') {
      const names = `'${typeName(value)}' and '${typeName(most)}'`
      throw new PythonError('TypeError', `'>' not supported between instances of ${names}`)
    }
    return value > most ? words(pyStr(value), pyStr(most)) : true
  },
})

const isSubset = (one: Py, other: string): boolean => {
  const names = other.split(',')
  return typeof one === 'string' && one.split(',').every((name) => names.includes(name))
}

/** The pack's str that also equals a union which has all its names. */
const notEqual: NotEqual = (type, other) => {
  if (type === '*' || other === '*') return false
  if (typeof other === 'string') return !isSubset(type, other)
  throw new PythonError('AttributeError', "'list' object has no attribute 'split'")
}

/** What the pack's VariantSupport decorator adds: types of its own and a check of the linked inputs by them. */
const variant: Checks = {
  socketTypes: { '*': notEqual },
  validateInputs: {
    functionName: 'VariantSupport.<locals>.decorator.<locals>.validate_inputs',
    isStatic: true,
    parameters: ['input_types'],
    check(_, { inputTypes, declared }) {
      for (const [name, link] of inputTypes) {
        const expected = declared(name)?.type
        const isOwn = link.notEqual === notEqual
        if (isOwn || expected === undefined || expected === '*' || link.type === '*') continue
        if (typeof expected === 'string' && isSubset(pyStr(link.type), expected)) continue
        return `Invalid type of ${name}: ${pyStr(link.type)} (expected ${pyStr(expected)})`
      }
      return true
    },
  },
}

/** A class with INPUT_IS_LIST gets its types in a list, which the check does not expect. */
const variantOfLists: Checks = {
  socketTypes: { '*': notEqual },
  validateInputs: {
    functionName: 'VariantSupport.<locals>.decorator.<locals>.validate_inputs',
    isStatic: true,
    parameters: ['input_types'],
    check() {
      throw new PythonError('AttributeError', "'list' object has no attribute 'items'")
    },
  },
}

const VARIANT_CLASSES = [
  'TestCustomValidation3',
  'TestWhileLoopOpen',
  'TestWhileLoopClose',
  'TestForLoopOpen',
  'TestForLoopClose',
  'TestExecutionBlocker',
  'TestAccumulateNode',
  'TestAccumulationHeadNode',
  'TestAccumulationToListNode',
  'TestAccumulationGetLengthNode',
  'TestAccumulationGetItemNode',
  'TestAccumulationSetItemNode',
  'TestMakeListNode',
]

type Checks = Omit<NodeBehaviour, 'classType'>

export const checks: Readonly<Record<string, Checks>> = {
  ...Object.fromEntries(VARIANT_CLASSES.map((name) => [name, variant])),
  TestListToAccumulationNode: variantOfLists,
  TestToBoolNode: { socketTypes: { '*': 'str' } },
  TestAccumulationTailNode: { socketTypes: { '*': 'str' } },
  TestCustomValidation1: { validateInputs: { optional: ['input1', 'input2'], check: constantsAreFloats } },
  TestCustomValidation2: { validateInputs: custom2 },
  TestCustomValidation4: { validateInputs: { parameters: ['input1', 'input2'], check: constantsAreFloats } },
  TestCustomValidation5: { validateInputs: custom5 },
  TestAsyncValidation: {
    validateInputs: atMost('threshold', (value, most) => `Value ${value} exceeds threshold ${most}`),
  },
  TestAsyncValidationError: {
    validateInputs: atMost('max_value', (value, most) => `Async validation failed: ${value} > ${most}`),
  },
}
