import type { CallInputs } from '../../src/simulators/comfyui/behaviours/call-inputs.ts'
import type { ComputeBehaviour } from '../../src/simulators/comfyui/behaviours/compute-behaviour.ts'
import type { NodeResult } from '../../src/simulators/comfyui/execute/node-runner.ts'
import { data, type Value } from '../../src/simulators/comfyui/execute/value.ts'
import { flatImages } from '../../src/simulators/media/image-batch.ts'
import { GraphBuilder, out } from './graph-builder.ts'
import { whileLoopClose } from './while-loop.ts'

// Nodes of the testing pack that return a graph instead of results.

const stub = (value: number) => ({ value: data(value), height: data(512n), width: data(512n), batch_size: data(1n) })
const image = (): Value => ({ kind: 'images', images: flatImages(512, 512, 1, 0xffffff) })
const loopValues = (first: number) => Array.from({ length: 5 - first }, (_, index) => `initial_value${index + first}`)
const given = ({ call }: CallInputs, name: string): Value => call.inputs.get(name) ?? data(null)
const builder = ({ call }: CallInputs) => new GraphBuilder(call.nodeId, call.index)

function mixedReturns(inputs: CallInputs): NodeResult {
  if (inputs.number('input1', 0) <= 0.2) return { outputs: [image(), image()] }
  const graph = builder(inputs)
  const mask = graph.node('StubMask', stub(0.3))
  const { value: _, ...size } = stub(0)
  const black = graph.node('StubImage', { content: data('BLACK'), ...size })
  const white = graph.node('StubImage', { content: data('WHITE'), ...size })
  const mix = graph.node('TestLazyMixImages', { image1: out(black, 0), image2: out(white, 0), mask: out(mask, 0) })
  return { expansion: graph.expansion([out(mix, 0), image()]) }
}

function dependencyCycle(inputs: CallInputs): NodeResult {
  const graph = builder(inputs)
  const mask = graph.node('StubMask', stub(0.5))
  const mix1 = graph.node('TestLazyMixImages', { image1: given(inputs, 'input1'), mask: out(mask, 0) })
  const mix2 = graph.node('TestLazyMixImages', {
    image1: out(mix1, 0),
    image2: given(inputs, 'input2'),
    mask: out(mask, 0),
  })
  graph.set(mix1, 'image2', out(mix2, 0))
  return { expansion: graph.expansion([out(mix2, 0)]) }
}

function parallelSleep(inputs: CallInputs): NodeResult {
  const graph = builder(inputs)
  const sleeps = [1, 2, 3].map((index) =>
    graph.node('TestSleep', { value: given(inputs, `image${index}`), seconds: given(inputs, `sleep${index}`) }),
  )
  const linked = Object.fromEntries(sleeps.map((id, index) => [`input${index + 1}`, out(id, 0)]))
  return { expansion: graph.expansion([out(graph.node('TestVariadicAverage', linked), 0)]) }
}

function asyncGeneration(inputs: CallInputs): NodeResult {
  const graph = builder(inputs)
  const sleeps = Array.from({ length: inputs.number('num_async_nodes', 3) }, (_, index) =>
    graph.node('TestSleep', {
      value: given(inputs, index % 2 === 0 ? 'image1' : 'image2'),
      seconds: given(inputs, 'sleep_duration'),
    }),
  )
  if (sleeps.length === 1) return { expansion: graph.expansion([out(sleeps[0]!, 0)]) }
  const linked = Object.fromEntries(sleeps.map((id, index) => [`input${index + 1}`, out(id, 0)]))
  return { expansion: graph.expansion([out(graph.node('TestVariadicAverage', linked), 0)]) }
}

function forLoopOpen(inputs: CallInputs): NodeResult {
  const remaining = inputs.call.inputs.get('initial_value0') ?? given(inputs, 'remaining')
  const values = loopValues(1).map((name) => [name, inputs.call.inputs.get(name)] as const)
  const graph = builder(inputs)
  graph.node('TestWhileLoopOpen', { condition: remaining, initial_value0: remaining, ...Object.fromEntries(values) })
  const outputs = values.map(([, value]) => value ?? data(null))
  return { expansion: graph.expansion([data('stub'), remaining, ...outputs]) }
}

function forLoopClose(inputs: CallInputs): NodeResult {
  const graph = builder(inputs)
  const flow = inputs.data('flow_control')
  const open = Array.isArray(flow) ? String(flow[0]) : ''
  const rest = graph.node('TestIntMathOperation', { operation: data('subtract'), a: out(open, 1), b: data(1n) })
  const condition = graph.node('TestToBoolNode', { value: out(rest, 0) })
  const close = graph.node('TestWhileLoopClose', {
    flow_control: given(inputs, 'flow_control'),
    condition: out(condition, 0),
    initial_value0: out(rest, 0),
    ...Object.fromEntries(loopValues(1).map((name) => [name, inputs.call.inputs.get(name)])),
  })
  return { expansion: graph.expansion([1, 2, 3, 4].map((slot) => out(close, slot))) }
}

const whileLoopOpen = (inputs: CallInputs): NodeResult => ({
  outputs: [data('stub'), ...loopValues(0).map((name) => given(inputs, name))],
})

export const expansionBehaviours: readonly (readonly [string, ComputeBehaviour])[] = [
  ['TestMixedExpansionReturns', { compute: mixedReturns }],
  ['TestDynamicDependencyCycle', { compute: dependencyCycle }],
  ['TestParallelSleep', { compute: parallelSleep }],
  ['TestDynamicAsyncGeneration', { compute: asyncGeneration }],
  ['TestForLoopOpen', { compute: forLoopOpen }],
  ['TestForLoopClose', { compute: forLoopClose }],
  ['TestWhileLoopOpen', { compute: whileLoopOpen }],
  ['TestWhileLoopClose', { compute: whileLoopClose }],
]
