import type { NodeBehaviour, NodeInputs, NodeOutput, NodeReturn, RunningNode, Value } from '../../src/index.ts'
import { whileLoopClose } from './while-loop.ts'

// Nodes of the testing pack that return a graph instead of results.

const stub = (value: number) => ({ value, height: 512n, width: 512n, batch_size: 1n })
const segments = [{ frames: 1, colour: 0xffffff }]
const image: Value = { kind: 'images', images: { width: 512, height: 512, segments } }
const loopValues = (first: number) => Array.from({ length: 5 - first }, (_, index) => `initial_value${index + first}`)
const given = (inputs: NodeInputs, name: string): NodeOutput => inputs.value(name) ?? null

function mixedReturns(inputs: NodeInputs, node: RunningNode): NodeReturn {
  if (inputs.number('input1', 0) <= 0.2) return { result: [image, image] }
  const graph = node.graph()
  const mask = graph.node('StubMask', stub(0.3))
  const { value: _, ...size } = stub(0)
  const black = graph.node('StubImage', { content: 'BLACK', ...size })
  const white = graph.node('StubImage', { content: 'WHITE', ...size })
  const mix = graph.node('TestLazyMixImages', { image1: black.out(0), image2: white.out(0), mask: mask.out(0) })
  return { result: [mix.out(0), image], expand: graph.finalize() }
}

function dependencyCycle(inputs: NodeInputs, node: RunningNode): NodeReturn {
  const graph = node.graph()
  const mask = graph.node('StubMask', stub(0.5))
  const mix1 = graph.node('TestLazyMixImages', { image1: given(inputs, 'input1'), mask: mask.out(0) })
  const mix2 = graph.node('TestLazyMixImages', {
    image1: mix1.out(0),
    image2: given(inputs, 'input2'),
    mask: mask.out(0),
  })
  mix1.setInput('image2', mix2.out(0))
  return { result: [mix2.out(0)], expand: graph.finalize() }
}

function parallelSleep(inputs: NodeInputs, node: RunningNode): NodeReturn {
  const graph = node.graph()
  const sleeps = [1, 2, 3].map((index) =>
    graph.node('TestSleep', { value: given(inputs, `image${index}`), seconds: given(inputs, `sleep${index}`) }),
  )
  const linked = Object.fromEntries(sleeps.map((id, index) => [`input${index + 1}`, id.out(0)]))
  return { result: [graph.node('TestVariadicAverage', linked).out(0)], expand: graph.finalize() }
}

function asyncGeneration(inputs: NodeInputs, node: RunningNode): NodeReturn {
  const graph = node.graph()
  const sleeps = Array.from({ length: inputs.number('num_async_nodes', 3) }, (_, index) =>
    graph.node('TestSleep', {
      value: given(inputs, index % 2 === 0 ? 'image1' : 'image2'),
      seconds: given(inputs, 'sleep_duration'),
    }),
  )
  if (sleeps.length === 1) return { result: [sleeps[0]!.out(0)], expand: graph.finalize() }
  const linked = Object.fromEntries(sleeps.map((id, index) => [`input${index + 1}`, id.out(0)]))
  return { result: [graph.node('TestVariadicAverage', linked).out(0)], expand: graph.finalize() }
}

function forLoopOpen(inputs: NodeInputs, node: RunningNode): NodeReturn {
  const remaining = inputs.value('initial_value0') ?? given(inputs, 'remaining')
  const values = loopValues(1).map((name) => [name, inputs.value(name)] as const)
  const graph = node.graph()
  graph.node('TestWhileLoopOpen', { condition: remaining, initial_value0: remaining, ...Object.fromEntries(values) })
  const outputs = values.map(([, value]) => value ?? null)
  return { result: ['stub', remaining, ...outputs], expand: graph.finalize() }
}

function forLoopClose(inputs: NodeInputs, node: RunningNode): NodeReturn {
  const graph = node.graph()
  const flow = inputs.data('flow_control')
  const open = Array.isArray(flow) ? String(flow[0]) : ''
  const rest = graph.node('TestIntMathOperation', { operation: 'subtract', a: [open, 1n], b: 1n })
  const condition = graph.node('TestToBoolNode', { value: rest.out(0) })
  const close = graph.node('TestWhileLoopClose', {
    flow_control: given(inputs, 'flow_control'),
    condition: condition.out(0),
    initial_value0: rest.out(0),
    ...Object.fromEntries(loopValues(1).map((name) => [name, inputs.value(name)])),
  })
  return { result: [1, 2, 3, 4].map((slot) => close.out(slot)), expand: graph.finalize() }
}

const whileLoopOpen = (inputs: NodeInputs): NodeReturn => ({
  result: ['stub', ...loopValues(0).map((name) => given(inputs, name))],
})

export const expanding: Readonly<Record<string, Omit<NodeBehaviour, 'classType'>>> = {
  TestMixedExpansionReturns: { run: mixedReturns },
  TestDynamicDependencyCycle: { run: dependencyCycle },
  TestParallelSleep: { run: parallelSleep },
  TestDynamicAsyncGeneration: { run: asyncGeneration },
  TestForLoopOpen: { run: forLoopOpen },
  TestForLoopClose: { run: forLoopClose },
  TestWhileLoopOpen: { run: whileLoopOpen },
  TestWhileLoopClose: { run: whileLoopClose },
}
