import type { NodeBehaviour, NodeInputs, NodeReturn, ProgressTick, Value } from '../../src/index.ts'

// What the nodes of ComfyUI's own testing pack compute (tests/inference/testing_nodes, 0.3.64), as far as order, lists, lazy
// inputs and expansions depend on it.

type Runs = Omit<NodeBehaviour, 'classType'>

const STEP_MS = 10

const images = (inputs: NodeInputs, colour: number): Value => ({
  kind: 'images',
  images: {
    width: inputs.number('width', 512),
    height: inputs.number('height', 512),
    segments: [{ frames: inputs.number('batch_size', 1), colour }],
  },
})

const firstImage = (inputs: NodeInputs): Value => inputs.first('images') ?? images(inputs, 0x808080)

const passes = (name: string) => {
  return (inputs: NodeInputs): NodeReturn => ({ result: [inputs.value(name) ?? null] })
}

const secondsOf = (inputs: NodeInputs, name: string) => Math.round(inputs.number(name, 0) * 1000)

/** A coroutine that waits and hands its input on. */
const waits = (name: string, seconds: string): Runs => ({
  isAsync: true,
  durationMs: (inputs) => secondsOf(inputs, seconds),
  run: passes(name),
})

const sleep: Runs = {
  ...waits('value', 'seconds'),
  progress(inputs) {
    const seconds = inputs.number('seconds', 1)
    const count = Math.floor(secondsOf(inputs, 'seconds') / STEP_MS) + 1
    return Array.from({ length: count }, (_, index): ProgressTick => {
      const value = Math.min(seconds, (index * STEP_MS) / 1000)
      return { atMs: index * STEP_MS, progress: { value, max: seconds } }
    })
  },
}

const batch: Runs = {
  isAsync: true,
  durationMs: (inputs) => secondsOf(inputs, 'process_time_per_item') * frames(inputs),
  progress(inputs) {
    const [step, count] = [secondsOf(inputs, 'process_time_per_item'), frames(inputs)]
    return Array.from({ length: count }, (_, index): ProgressTick => {
      return { atMs: step * (index + 1), progress: { value: BigInt(index + 1), max: BigInt(count) } }
    })
  },
  run: passes('images'),
}

const frames = (inputs: NodeInputs) =>
  inputs.get('images', 'images').images.segments.reduce((sum, segment) => sum + segment.frames, 0)

const lazyMix: Runs = {
  checkLazyStatus(inputs) {
    const mask = inputs.find('mask', 'mask')?.level ?? 0.5
    return [...(mask === 1 ? [] : ['image1']), ...(mask === 0 ? [] : ['image2'])]
  },
  run: (inputs) => ({ result: [firstImage(inputs)] }),
}

/** Only its check is a coroutine, and nothing goes on while that one runs. */
const lazyCheck: Runs = {
  checkLazyStatus: (inputs) => [inputs.data('condition') === false ? 'input2' : 'input1'],
  run: (inputs) => ({ result: [firstImage(inputs)] }),
}

const blocker: Runs = {
  run(inputs) {
    const message = inputs.data('verbose') === true ? 'Blocked Execution' : null
    const blocked = inputs.data('block') === true
    return { result: [blocked ? { kind: 'blocker', message } : (inputs.value('input') ?? null)] }
  },
}

const toBool: Runs = {
  run(inputs) {
    const truth = inputs.truth('value')
    return { result: [inputs.data('invert') === true ? !truth : truth] }
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

const intMath: Runs = {
  run(inputs) {
    const [a, b] = [inputs.number('a', 0), inputs.number('b', 0)]
    return { result: [OPERATIONS[inputs.text('operation')]!(BigInt(a), BigInt(b))] }
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

const compares: Runs = {
  run(inputs) {
    const compare = numbers[inputs.text('operation')]!
    return { result: [compare(inputs.number('a', 0), inputs.number('b', 0))] }
  },
}

const booleans: Runs = {
  run(inputs) {
    const [a, b] = [inputs.data('a') === true, inputs.data('b') === true]
    const results: Record<string, boolean> = { 'a AND b': a && b, 'a OR b': a || b, 'a XOR b': a !== b, 'NOT a': !a }
    return { result: [results[inputs.text('op')] ?? false] }
  },
}

const strings: Runs = {
  run(inputs) {
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
    return { result: [results[inputs.text('operation')]?.() ?? false] }
  },
}

let draws = 0

export const computing: Readonly<Record<string, Runs>> = {
  StubImage: { run: (inputs) => ({ result: [images(inputs, inputs.text('content') === 'WHITE' ? 0xffffff : 0)] }) },
  StubConstantImage: { run: (inputs) => ({ result: [images(inputs, 0x808080)] }) },
  StubMask: {
    run: (inputs) => {
      const [width, height, count] = [
        inputs.number('width', 512),
        inputs.number('height', 512),
        inputs.number('batch_size', 1),
      ]
      return { result: [{ kind: 'mask', width, height, count, level: inputs.number('value', 0) }] }
    },
  },
  TestLazyMixImages: lazyMix,
  TestAsyncLazyCheck: lazyCheck,
  TestCustomIsChanged: {
    isChanged: (constants) => {
      if (constants.get('should_change') !== true) return false
      draws += 1
      return draws
    },
    run: passes('image'),
  },
  TestIsChangedWithConstants: { isChanged: (constants) => constants.get('value') ?? null, run: passes('image') },
  TestSleep: sleep,
  TestAsyncBatchProcessing: batch,
  TestAsyncResourceUser: waits('value', 'duration'),
  TestAsyncConcurrentLimit: { ...waits('value', 'duration'), semaphore: 2 },
  TestAsyncError: waits('value', 'error_after'),
  TestAsyncTimeout: {
    ...waits('value', 'operation_time'),
    durationMs: (inputs) => Math.min(secondsOf(inputs, 'operation_time'), secondsOf(inputs, 'timeout')),
  },
  TestAsyncValidation: { run: (inputs) => ({ result: [firstImage(inputs)] }) },
  TestAsyncValidationError: { run: (inputs) => ({ result: [firstImage(inputs)] }) },
  TestAsyncProgressUpdate: { isAsync: true, run: passes('value') },
  TestSyncError: { run: passes('value') },
  TestExecutionBlocker: blocker,
  TestToBoolNode: toBool,
  TestIntMathOperation: intMath,
  TestIntConditions: compares,
  TestFloatConditions: compares,
  TestBoolOperationNode: booleans,
  TestStringConditions: strings,
}
