import { expect, it } from 'vitest'
import { type NodeBehaviour, PythonError } from '../../../../src/index.ts'
import { dataOf, firstError, pixel, run, show, shown } from './run-graph.ts'

const failing = (code: () => never): NodeBehaviour => ({
  classType: 'Fails',
  inputTypes: {},
  outputNode: true,
  run: code,
})

it.each([
  [new PythonError('RuntimeError', 'no luck'), 'RuntimeError', 'no luck\n'],
  [new TypeError('no luck'), 'TypeError', 'no luck\n'],
  [
    Object.assign(new Error('no luck'), { name: 'PythonError', type: 'x.OutOfMemoryError' }),
    'x.OutOfMemoryError',
    /^no luck\nThis error means you ran out of memory/,
  ],
  ['no luck', 'Exception', 'no luck\n'],
])('takes what code throws for the exception of the node: %s', async (thrown, type, message) => {
  const throws = () => {
    throw thrown
  }
  const { messages } = await run([failing(throws)], { 1: { class_type: 'Fails', inputs: {} } })
  const [error] = dataOf(messages, 'execution_error')
  expect(error).toMatchObject({ node_id: '1', exception_type: type, exception_message: expect.stringMatching(message) })
  if (thrown instanceof Error) expect(String(error!['traceback'])).toContain('behaviours.test.ts')
})

it('says what to do where a function is asynchronous', async () => {
  const promise = {
    ...failing(() => ({}) as never),
    run: (async () => ({})) as unknown as NonNullable<NodeBehaviour['run']>,
  }
  const { messages } = await run([promise], { 1: { class_type: 'Fails', inputs: {} } })
  const said = 'run returned a promise: isAsync and durationMs say that it takes time\n'
  expect(dataOf(messages, 'execution_error')).toMatchObject([{ exception_type: 'TypeError', exception_message: said }])
})

it('refuses what a check refuses, and what it throws over', async () => {
  const checked = (check: () => string): NodeBehaviour => ({
    classType: 'Checked',
    inputTypes: { required: { words: ['STRING'] } },
    outputNode: true,
    validateInputs: { parameters: ['words'], check },
  })
  const graph = { 1: { class_type: 'Checked', inputs: { words: 'x' } } }
  const { refused } = await run([checked(() => 'too few')], graph)
  expect(firstError(refused)?.['details']).toBe('words - too few')
  const throws = () => {
    throw new RangeError('no words')
  }
  const { refused: raised } = await run([checked(throws)], graph)
  expect(firstError(raised)).toMatchObject({
    details: 'no words',
    extra_info: { exception_type: 'RangeError' },
  })
})

it('puts a behaviour in the place of its own', async () => {
  const { messages } = await run([{ classType: 'EmptyImage', run: () => ({ result: [pixel] }) }, show], {
    1: { class_type: 'EmptyImage', inputs: { width: 512, height: 512, batch_size: 1, color: 0 } },
    2: { class_type: 'GetImageSize', inputs: { image: ['1', 0] } },
    3: { class_type: 'Show', inputs: { value: ['2', 0] } },
  })
  expect(shown(messages)['3']).toEqual({ values: [8] })
})
