import type { CallInputs } from '../../src/simulators/comfyui/behaviours/call-inputs.ts'
import type { ComputeBehaviour, ComputeBehaviours } from '../../src/simulators/comfyui/behaviours/compute-behaviour.ts'
import type { Tick } from '../../src/simulators/comfyui/execute/node-runner.ts'
import { data, type Value } from '../../src/simulators/comfyui/execute/value.ts'
import { pyBool } from '../../src/simulators/comfyui/python/convert.ts'
import { flatImages } from '../../src/simulators/media/image-batch.ts'
import { expansionBehaviours } from './testing-pack-expand.ts'
import { withFunctions } from './testing-pack-functions.ts'
import { listBehaviours } from './testing-pack-lists.ts'

// What the nodes of ComfyUI's own testing pack compute (tests/inference/testing_nodes, 0.3.64), as far as order, lists, lazy
// inputs and expansions depend on it.

const STEP_MS = 10

const images = (inputs: CallInputs, colour: number): Value => ({
  kind: 'images',
  images: flatImages(inputs.number('width', 512), inputs.number('height', 512), inputs.number('batch_size', 1), colour),
})

const firstImage = (inputs: CallInputs): Value => inputs.first('images') ?? images(inputs, 0x808080)

const passes = (name: string): ComputeBehaviour['compute'] => {
  return (inputs) => ({ outputs: [inputs.call.inputs.get(name) ?? data(null)] })
}

const secondsOf = (inputs: CallInputs, name: string) => Math.round(inputs.number(name, 0) * 1000)

/** A coroutine that waits and hands its input on. */
const waits = (name: string, seconds: string): ComputeBehaviour => ({
  isAsync: true,
  duration: (inputs) => secondsOf(inputs, seconds),
  compute: passes(name),
})

const sleep: ComputeBehaviour = {
  ...waits('value', 'seconds'),
  ticks(inputs) {
    const seconds = inputs.number('seconds', 1)
    const count = Math.floor(secondsOf(inputs, 'seconds') / STEP_MS) + 1
    return Array.from({ length: count }, (_, index): Tick => {
      const value = Math.min(seconds, (index * STEP_MS) / 1000)
      return { atMs: index * STEP_MS, progress: { value, max: seconds } }
    })
  },
}

const batch: ComputeBehaviour = {
  isAsync: true,
  duration: (inputs) => secondsOf(inputs, 'process_time_per_item') * frames(inputs),
  ticks(inputs) {
    const [step, count] = [secondsOf(inputs, 'process_time_per_item'), frames(inputs)]
    return Array.from({ length: count }, (_, index): Tick => {
      return { atMs: step * (index + 1), progress: { value: BigInt(index + 1), max: BigInt(count) } }
    })
  },
  compute: passes('images'),
}

const frames = (inputs: CallInputs) =>
  inputs.get('images', 'images').images.segments.reduce((sum, segment) => sum + segment.frames, 0)

const lazyMix: ComputeBehaviour = {
  lazy(inputs) {
    const mask = inputs.find('mask', 'mask')?.level ?? 0.5
    return [...(mask === 1 ? [] : ['image1']), ...(mask === 0 ? [] : ['image2'])]
  },
  compute: (inputs) => ({ outputs: [firstImage(inputs)] }),
}

/** Only its check is a coroutine, and nothing goes on while that one runs. */
const lazyCheck: ComputeBehaviour = {
  lazy: (inputs) => [inputs.data('condition') === false ? 'input2' : 'input1'],
  compute: (inputs) => ({ outputs: [firstImage(inputs)] }),
}

const blocker: ComputeBehaviour = {
  compute(inputs) {
    const message = inputs.data('verbose') === true ? 'Blocked Execution' : null
    const blocked = inputs.data('block') === true
    return { outputs: [blocked ? { kind: 'blocker', message } : (inputs.call.inputs.get('input') ?? data(null))] }
  },
}

const toBool: ComputeBehaviour = {
  compute(inputs) {
    const value = inputs.call.inputs.get('value')
    const truth = value?.kind === 'data' ? pyBool(value.data) : true
    return { outputs: [data(inputs.data('invert') === true ? !truth : truth)] }
  },
}

const OPERATIONS: Readonly<Record<string, (a: bigint, b: bigint) => bigint>> = {
  add: (a, b) => a + b,
  subtract: (a, b) => a - b,
  multiply: (a, b) => a * b,
  divide: (a, b) => a / b,
  modulo: (a, b) => a % b,
  power: (a, b) => a ** b,
}

const intMath: ComputeBehaviour = {
  compute(inputs) {
    const [a, b] = [inputs.number('a', 0), inputs.number('b', 0)]
    return { outputs: [data(OPERATIONS[inputs.text('operation')]!(BigInt(a), BigInt(b)))] }
  },
}

const numbers: Readonly<Record<string, (a: number, b: number) => boolean>> = {
  '==': (a, b) => a === b,
  '!=': (a, b) => a !== b,
  '<': (a, b) => a < b,
  '>': (a, b) => a > b,
  '<=': (a, b) => a <= b,
  '>=': (a, b) => a >= b,
}

const compares: ComputeBehaviour = {
  compute(inputs) {
    const compare = numbers[inputs.text('operation')]!
    return { outputs: [data(compare(inputs.number('a', 0), inputs.number('b', 0)))] }
  },
}

const booleans: ComputeBehaviour = {
  compute(inputs) {
    const [a, b] = [inputs.data('a') === true, inputs.data('b') === true]
    const results: Record<string, boolean> = { 'a AND b': a && b, 'a OR b': a || b, 'a XOR b': a !== b, 'NOT a': !a }
    return { outputs: [data(results[inputs.text('op')] ?? false)] }
  },
}

const strings: ComputeBehaviour = {
  compute(inputs) {
    const lower = inputs.data('case_sensitive') === false
    const [a = '', b = ''] = ['a', 'b'].map((name) => (lower ? inputs.text(name).toLowerCase() : inputs.text(name)))
    const results: Record<string, () => boolean> = {
      'a == b': () => a === b,
      'a != b': () => a !== b,
      'a IN b': () => b.includes(a),
      'a MATCH REGEX(b)': () => new RegExp(`^(?:${b})`).test(a),
      'a BEGINSWITH b': () => a.startsWith(b),
      'a ENDSWITH b': () => a.endsWith(b),
    }
    return { outputs: [data(results[inputs.text('operation')]?.() ?? false)] }
  },
}

let draws = 0

const behaviours: ComputeBehaviours = new Map<string, ComputeBehaviour>([
  [
    'StubImage',
    { compute: (inputs) => ({ outputs: [images(inputs, inputs.text('content') === 'WHITE' ? 0xffffff : 0)] }) },
  ],
  ['StubConstantImage', { compute: (inputs) => ({ outputs: [images(inputs, 0x808080)] }) }],
  [
    'StubMask',
    {
      compute: (inputs) => {
        const [width, height, count] = [
          inputs.number('width', 512),
          inputs.number('height', 512),
          inputs.number('batch_size', 1),
        ]
        return { outputs: [{ kind: 'mask', width, height, count, level: inputs.number('value', 0) }] }
      },
    },
  ],
  ['TestLazyMixImages', lazyMix],
  ['TestAsyncLazyCheck', lazyCheck],
  [
    'TestCustomIsChanged',
    {
      fingerprint: (constants) => {
        if (constants.get('should_change') !== true) return [false]
        draws += 1
        return [draws]
      },
      compute: passes('image'),
    },
  ],
  [
    'TestIsChangedWithConstants',
    { fingerprint: (constants) => [constants.get('value') ?? null], compute: passes('image') },
  ],
  ['TestSleep', sleep],
  ['TestAsyncBatchProcessing', batch],
  ['TestAsyncResourceUser', waits('value', 'duration')],
  ['TestAsyncConcurrentLimit', { ...waits('value', 'duration'), atOnce: 2 }],
  ['TestAsyncError', waits('value', 'error_after')],
  [
    'TestAsyncTimeout',
    {
      ...waits('value', 'operation_time'),
      duration: (inputs) => Math.min(secondsOf(inputs, 'operation_time'), secondsOf(inputs, 'timeout')),
    },
  ],
  ['TestAsyncValidation', { compute: (inputs) => ({ outputs: [firstImage(inputs)] }) }],
  ['TestAsyncValidationError', { compute: (inputs) => ({ outputs: [firstImage(inputs)] }) }],
  ['TestAsyncProgressUpdate', { isAsync: true, compute: passes('value') }],
  ['TestSyncError', { compute: passes('value') }],
  ['TestExecutionBlocker', blocker],
  ['TestToBoolNode', toBool],
  ['TestIntMathOperation', intMath],
  ['TestIntConditions', compares],
  ['TestFloatConditions', compares],
  ['TestBoolOperationNode', booleans],
  ['TestStringConditions', strings],
  ...listBehaviours,
  ...expansionBehaviours,
])

export const testingPackCompute = withFunctions(behaviours)
