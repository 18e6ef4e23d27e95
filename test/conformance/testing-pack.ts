import type {
  OwnCheck,
  ValidateBehaviour,
  ValidateBehaviours,
} from '../../src/simulators/comfyui/behaviours/validate-behaviour.ts'
import { pyStr } from '../../src/simulators/comfyui/python/format.ts'
import { pyGreater } from '../../src/simulators/comfyui/python/operators.ts'
import { type Py, PythonError, typeName } from '../../src/simulators/comfyui/python/py.ts'
import { subset } from '../../src/simulators/comfyui/validate/link-type.ts'

// The checks of the testing pack that ComfyUI's own tests load (tests/inference/testing_nodes, 0.3.64).

const constantsAreFloats = (inputs: ReadonlyMap<string, Py>): Py => {
  for (const name of ['input1', 'input2']) {
    const value = inputs.get(name) ?? null
    if (value !== null && typeof value !== 'number') return `Invalid type of ${name}: <class '${typeName(value)}'>`
  }
  return true
}

const custom2: OwnCheck = {
  name: 'TestCustomValidation2.VALIDATE_INPUTS',
  required: ['input_types'],
  optional: ['input1', 'input2'],
  run(inputs, { inputTypes }) {
    const constants = constantsAreFloats(inputs)
    if (constants !== true) return constants
    for (const name of ['input1', 'input2']) {
      const type = inputTypes.get(name)?.type
      if (type !== undefined && type !== 'IMAGE' && type !== 'FLOAT') return `Invalid type of ${name}: ${pyStr(type)}`
    }
    return true
  },
}

const custom5: OwnCheck = {
  name: 'TestCustomValidation5.VALIDATE_INPUTS',
  required: [],
  anyInput: true,
  run(inputs) {
    const second = inputs.get('input2')
    if (second === undefined) throw new PythonError('KeyError', "'input2'")
    return second === 7 || second === 7n ? "7s are not allowed. I've never liked 7s." : true
  },
}

const atMost = (name: string, limit: string, words: (value: string, limit: string) => string): OwnCheck => ({
  name: `${name}.VALIDATE_INPUTS`,
  required: ['value', limit],
  run(inputs) {
    const [value, most] = [inputs.get('value') ?? null, inputs.get(limit) ?? null]
    return pyGreater(value, most) ? words(pyStr(value), pyStr(most)) : true
  },
})

/** What the pack's VariantSupport decorator adds: types of its own and a check of the linked inputs by them. */
const variant: ValidateBehaviour = {
  family: 'subset',
  check: {
    name: 'VariantSupport.<locals>.decorator.<locals>.validate_inputs',
    isStatic: true,
    required: ['input_types'],
    run(_, { inputTypes, declared }) {
      for (const [name, { type, family }] of inputTypes) {
        const expected = declared(name)?.type
        if (family === 'subset' || expected === undefined || expected === '*' || type === '*') continue
        if (typeof expected === 'string' && subset(pyStr(type), expected)) continue
        return `Invalid type of ${name}: ${pyStr(type)} (expected ${pyStr(expected)})`
      }
      return true
    },
  },
}

/** A class with INPUT_IS_LIST gets its types in a list, which the check does not expect. */
const variantOfLists: ValidateBehaviour = {
  family: 'subset',
  check: {
    name: 'VariantSupport.<locals>.decorator.<locals>.validate_inputs',
    isStatic: true,
    required: ['input_types'],
    run() {
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

export const testingPackBehaviours: ValidateBehaviours = new Map<string, ValidateBehaviour>([
  ...VARIANT_CLASSES.map((name): [string, ValidateBehaviour] => [name, variant]),
  ['TestListToAccumulationNode', variantOfLists],
  ['TestToBoolNode', { family: 'plain' }],
  ['TestAccumulationTailNode', { family: 'plain' }],
  [
    'TestCustomValidation1',
    {
      check: {
        name: 'TestCustomValidation1.VALIDATE_INPUTS',
        required: [],
        optional: ['input1', 'input2'],
        run: constantsAreFloats,
      },
    },
  ],
  ['TestCustomValidation2', { check: custom2 }],
  [
    'TestCustomValidation4',
    {
      check: { name: 'TestCustomValidation4.VALIDATE_INPUTS', required: ['input1', 'input2'], run: constantsAreFloats },
    },
  ],
  ['TestCustomValidation5', { check: custom5 }],
  [
    'TestAsyncValidation',
    { check: atMost('TestAsyncValidation', 'threshold', (value, most) => `Value ${value} exceeds threshold ${most}`) },
  ],
  [
    'TestAsyncValidationError',
    {
      check: atMost(
        'TestAsyncValidationError',
        'max_value',
        (value, most) => `Async validation failed: ${value} > ${most}`,
      ),
    },
  ],
])
