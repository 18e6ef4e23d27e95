import { expect, it } from 'vitest'
import { type Node, packServer } from './pack-server.ts'

const image: Node = ['StubImage', { content: 'WHITE', height: 32, width: 32, batch_size: 1 }]
const preview = (from: string, more = {}): Node => ['PreviewImage', { images: [from, 0], ...more }]

it.each([
  [preview('1', { foo: ['1', 0] }), "PreviewImage.<function>() got an unexpected keyword argument 'foo'\n"],
  [
    ['ImageBlur', { image: ['1', 0], blur_radius: 1, sigma: 1, foo: ['1', 0] }] as Node,
    "ImageBlur.execute() got an unexpected keyword argument 'foo'\n",
  ],
  [['StubInt', { value: 1, self: ['1', 0] }] as Node, "StubInt.stub_int() got multiple values for argument 'self'\n"],
  [
    ['TestLazyMixImages', { image1: ['1', 0], image2: ['1', 0], mask: ['3', 0], foo: ['1', 0] }] as Node,
    "TestLazyMixImages.check_lazy_status() got an unexpected keyword argument 'foo'\n",
  ],
])('hands a link to an unknown input over by name: %#', async (node, message) => {
  const mask: Node = ['StubMask', { value: 0.5, height: 32, width: 32, batch_size: 1 }]
  const { error, started } = await packServer().run({
    '1': image,
    '2': node,
    '3': mask,
    '4': ['PreviewAny', { source: ['2', 0] }],
  })
  expect(error).toMatchObject({ node_id: '2', exception_type: 'TypeError', exception_message: message })
  expect(started.at(-1)).toBe('2')
})

it('lets a class with **kwargs have it', async () => {
  const { error } = await packServer().run({
    '1': image,
    '2': ['TestVariadicAverage', { input1: ['1', 0], input2: ['1', 0] }],
    '3': preview('2'),
  })
  expect(error).toBeUndefined()
})

it.each([
  [-9, 'IndexError', 'list index out of range\n'],
  [0.5, 'TypeError', 'list indices must be integers or slices, not float\n'],
])('stumbles over slot %d of such a link before the node is announced', async (slot, type, message) => {
  const { error, started } = await packServer().run({ '1': image, '2': preview('1', { foo: ['1', slot] }) })
  expect(error).toMatchObject({ exception_type: type, exception_message: message, current_inputs: {} })
  expect(started).toEqual(['1'])
})

it('runs a node whose lazy check is a coroutine like any other', async () => {
  const { started } = await packServer().run({
    '1': ['StubInt', { value: 1 }],
    '2': ['TestAsyncLazyCheck', { input1: ['1', 0], input2: ['1', 0], condition: true }],
    '3': preview('2'),
    '4': ['PreviewAny', { source: ['1', 0] }],
  })
  expect(started).toEqual(['2', '1', '4', '2', '3'])
})

it('asks a blocked node for no lazy inputs', async () => {
  const { started, messages } = await packServer().run({
    '1': image,
    '2': ['StubMask', { value: 0.5, height: 32, width: 32, batch_size: 1 }],
    '3': ['TestExecutionBlocker', { input: ['2', 0], block: true, verbose: true }],
    '4': ['TestLazyMixImages', { image1: ['1', 0], image2: ['1', 0], mask: ['3', 0] }],
    '5': preview('4'),
  })
  expect(started).toEqual(['2', '3', '4', '5'])
  expect(messages.filter(({ type }) => type === 'execution_error').map(({ data }) => data.node_id)).toEqual(['4'])
})

/** `5` gives an empty list. */
const emptyList = (type: string, inputs: (link: [string, number]) => Node[1]): Record<string, Node> => ({
  '1': ['StubInt', { value: 1 }],
  '2': ['TestAccumulateNode', { to_add: ['1', 0] }],
  '3': ['TestAccumulationTailNode', { accumulation: ['2', 0] }],
  '5': ['TestAccumulationToListNode', { accumulation: ['3', 0] }],
  '6': [type, inputs(['5', 0])],
  '7': ['PreviewAny', { source: ['6', 0] }],
})

it('calls a node once, without inputs, when all its lists are empty', async () => {
  const { texts } = await packServer().run(emptyList('PreviewAny', (source) => ({ source })))
  expect(texts['6']).toEqual(['None'])
})

it.each([
  ['TestToBoolNode', ['value'], "TestToBoolNode.to_bool() missing 1 required positional argument: 'value'\n"],
  [
    'TestIntConditions',
    ['a', 'b', 'operation'],
    "TestIntConditions.int_condition() missing 3 required positional arguments: 'a', 'b', and 'operation'\n",
  ],
])('fails when %s needs the inputs that are empty lists', async (type, names, message) => {
  const linked = (link: [string, number]) => Object.fromEntries(names.map((name) => [name, link]))
  const { error } = await packServer().run(emptyList(type, linked))
  expect(error).toMatchObject({ node_id: '6', exception_type: 'TypeError', exception_message: message })
})

it('names as current outputs what there was before the first node ran', async () => {
  const { error } = await packServer().run({
    '1': ['TestMixedExpansionReturns', { input1: 0.3 }],
    '2': preview('1', { foo: ['1', 0] }),
  })
  expect(error?.current_outputs).toEqual(['1', '2'])
})

it('fails at a link to a hidden input before the node is announced', async () => {
  const { error, started } = await packServer().run({ '1': image, '2': preview('1', { prompt: ['1', 0] }) })
  const message = "'str' object has no attribute 'get'\n"
  expect(error).toMatchObject({ exception_type: 'AttributeError', exception_message: message, current_inputs: {} })
  expect(started).toEqual(['1'])
})

it('shows the dynamic prompt among the inputs', async () => {
  const loop = { flow_control: ['1', 0], condition: ['1', 0], self: ['1', 0] }
  const { error } = await packServer().run({
    '1': ['TestWhileLoopOpen', { condition: true }],
    '2': ['TestWhileLoopClose', loop],
    '3': ['PreviewAny', { source: ['2', 0] }],
  })
  expect(error?.current_inputs).toMatchObject({
    dynprompt: [expect.stringMatching(/^<comfy_execution.graph.DynamicPrompt object at 0x[0-9a-f]{12}>$/)],
    unique_id: ['2'],
  })
})

it('lets as many coroutines run at a time as their semaphore does', async () => {
  const limited = (duration: number): Node => ['TestAsyncConcurrentLimit', { value: ['1', 0], duration, node_id: 0 }]
  const { messages } = await packServer().run({
    '1': ['StubInt', { value: 1 }],
    '2': limited(0.5),
    '3': limited(0.3),
    '4': limited(0.1),
    '5': ['PreviewAny', { source: ['2', 0] }],
    '6': ['PreviewAny', { source: ['3', 0] }],
    '7': ['PreviewAny', { source: ['4', 0] }],
  })
  expect(messages.flatMap(({ type, data }) => (type === 'executed' ? [data.node] : []))).toEqual(['6', '7', '5'])
})

const extraDataOf = (extra_data: unknown) => packServer().run({ '1': image, '2': preview('1') }, { extra_data })

it.each([[['x']], ['x']])('runs a prompt with %j for extra data as far as nodes do not ask for it', async (extra) => {
  const { status } = await extraDataOf(extra)
  const type = Array.isArray(extra) ? 'list' : 'str'
  expect(status?.messages.at(-1)).toMatchObject([
    'execution_error',
    { node_id: '2', exception_message: `'${type}' object has no attribute 'get'\n`, current_inputs: {} },
  ])
})

it.each([
  [null, "argument of type 'NoneType' is not iterable"],
  [5, "argument of type 'int' is not iterable"],
  [{ client_id: ['c'] }, "unhashable type: 'list'"],
  [{ client_id: {} }, "unhashable type: 'dict'"],
  ['client_id', "string indices must be integers, not 'str'"],
])('is wedged by %j for extra data', async (extra_data, reason) => {
  const server = packServer()
  await server.run({ '1': image, '2': preview('1') }, { extra_data })
  expect(server.wedged()).toBe(reason)
})

it.each([
  ['zzz', 'Unsupported blend mode: zzz\n'],
  ['screen', undefined],
])('asks the node whether it takes the option %s', async (blend_mode, message) => {
  const blend: Node = ['ImageBlend', { image1: ['1', 0], image2: ['1', 0], blend_factor: 0.5, blend_mode }]
  const { error } = await packServer().run({ '1': image, '2': blend, '3': preview('2') })
  expect(error?.exception_message).toBe(message)
})

it('names its own exceptions in full', async () => {
  const { error } = await packServer().run({
    '1': ['TestMixedExpansionReturns', { input1: 0.3 }],
    '1.0.0.1': image,
    '2': preview('1'),
    '3': preview('1.0.0.1'),
  })
  expect(error).toMatchObject({ node_id: '1', exception_type: 'execution.DuplicateNodeError' })
})

it.each([
  ['TestCustomValidation1', "TestCustomValidation1.VALIDATE_INPUTS() got multiple values for argument 'cls'"],
  ['TestCustomValidation3', undefined],
])('hands an input named after the class to the check of %s', async (type, message) => {
  const inputs = { input1: ['1', 0], input2: ['1', 0], cls: ['1', 0] }
  const posted = packServer().run({ '1': image, '2': [type, inputs], '3': preview('2') })
  await (message === undefined ? expect(posted).resolves.toBeDefined() : expect(posted).rejects.toThrow(message))
})
