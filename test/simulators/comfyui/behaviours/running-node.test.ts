import { expect, it } from 'vitest'
import { defineBehaviour } from '../../../../src/index.ts'
import { ORIGIN } from '../reach-simulator.ts'
import { dataOf, firstError, numbers, pixel, run, show, shown } from './run-graph.ts'

it('lists a class that is declared by code as ComfyUI lists its own', async () => {
  const { simulator } = await run([numbers])
  const response = await simulator.http(new Request(`${ORIGIN}/object_info/Numbers`))
  expect(await response.text()).toBe(
    '{"Numbers": {"input": {"required": {"upTo": ["INT", {"default": 3, "min": 1, "max": 9}]}}, "input_order": {"required": ["upTo"]}, ' +
      '"output": ["INT", "FLOAT", "STRING"], "output_is_list": [true, false, false], "output_name": ["each", "half", "name"], ' +
      '"name": "Numbers", "display_name": "Numbers", "description": "", "python_module": "custom_nodes.pr.config", ' +
      '"category": "pr.config", "output_node": false}}',
  )
})

it('checks what a class declares', async () => {
  const graph = {
    1: { class_type: 'Numbers', inputs: { upTo: 10 } },
    2: { class_type: 'Show', inputs: { value: ['1', 0] } },
  }
  const { refused } = await run([numbers, show], graph)
  expect(firstError(refused)?.['message']).toBe('Value 10 bigger than max of 9')
})

it('hands on several outputs, lists and dicts', async () => {
  const { messages } = await run([numbers, show], {
    1: { class_type: 'Numbers', inputs: { upTo: 3 } },
    2: { class_type: 'Show', inputs: { value: ['1', 0] } },
    3: { class_type: 'Show', inputs: { value: ['1', 1] } },
    4: { class_type: 'Show', inputs: { value: ['1', 2] } },
  })
  expect(shown(messages)).toEqual({ 2: { values: [1, 2, 3] }, 3: { values: [1.5] }, 4: { values: [{ name: 'x' }] } })
})

it('saves bytes, pictures, films and latents under the next free names', async () => {
  const saver = defineBehaviour({
    classType: 'Saver',
    inputTypes: {},
    outputNode: true,
    isChanged: (_, server) => server.now(),
    run: (_, node) => ({
      ui: {
        files: [
          ...node.save('hello', { prefix: 'own/note', extension: 'txt' }),
          ...node.save(
            { ...pixel, images: { ...pixel.images, segments: [{ frames: 2, colour: 1 }] } },
            { prefix: 'own/note' },
          ),
          ...node.save({ ...pixel, kind: 'video', fps: 4 }, { prefix: 'film', type: 'temp' }),
          ...node.save({ ...pixel, kind: 'latent', shape: [1, 4, 1, 1] }, { prefix: 'film' }),
        ],
      },
    }),
  })
  const { messages, simulator } = await run([saver], { 1: { class_type: 'Saver', inputs: {} } })
  const file = (filename: string, subfolder: string, type: string) => ({ filename, subfolder, type })
  expect(shown(messages)['1']).toEqual({
    files: [
      file('note_00001_.txt', 'own', 'output'),
      file('note_00002_.png', 'own', 'output'),
      file('note_00003_.png', 'own', 'output'),
      file('film_00001_.mp4', '', 'temp'),
      file('film_00001_.latent', '', 'output'),
    ],
  })
  const view = `${ORIGIN}/view?filename=note_00001_.txt&subfolder=own&type=output`
  expect(await (await simulator.http(new Request(view))).text()).toBe('hello')
  const png = await simulator.http(new Request(view.replace('1_.txt', '2_.png')))
  expect(Buffer.from(await png.arrayBuffer()).includes('{"by": "me"}')).toBe(true)
})

it('runs a graph in the place of a node', async () => {
  const twice = defineBehaviour({
    classType: 'Twice',
    inputTypes: { required: { image: ['IMAGE'] } },
    returnTypes: ['IMAGE', 'STRING'],
    run: (inputs, node) => {
      const graph = node.graph()
      const scaled = graph.node(
        'ImageScaleBy',
        { image: inputs.value('image'), upscale_method: 'area', scale_by: 2 },
        'big',
      )
      return { result: [scaled.out(0), node.dynprompt.node(node.nodeId).classType], expand: graph.finalize() }
    },
  })
  const { messages } = await run([twice, show], {
    1: { class_type: 'EmptyImage', inputs: { width: 8, height: 8, batch_size: 1, color: 0 } },
    2: { class_type: 'Twice', inputs: { image: ['1', 0] } },
    3: { class_type: 'GetImageSize', inputs: { image: ['2', 0] } },
    4: { class_type: 'Show', inputs: { value: ['3', 0] } },
    5: { class_type: 'Show', inputs: { value: ['2', 1] } },
  })
  expect(shown(messages)).toMatchObject({ 4: { values: [16] }, 5: { values: ['Twice'] } })
  expect(dataOf(messages, 'executing').map(({ node }) => node)).toContain('2.0.0.big')
})

it('lets other nodes run while a coroutine waits', async () => {
  const slow = defineBehaviour({
    classType: 'Slow',
    inputTypes: { required: { ms: ['INT'] } },
    returnTypes: ['INT'],
    isAsync: true,
    semaphore: 2,
    durationMs: (inputs) => inputs.number('ms', 0),
    run: (inputs) => ({ result: [inputs.value('ms')!] }),
  })
  const waits = (ms: number) => ({ class_type: 'Slow', inputs: { ms } })
  const { messages } = await run([slow, show], {
    1: waits(300),
    2: waits(200),
    3: waits(10),
    4: { class_type: 'Show', inputs: { value: ['1', 0] } },
    5: { class_type: 'Show', inputs: { value: ['2', 0] } },
    6: { class_type: 'Show', inputs: { value: ['3', 0] } },
  })
  expect(dataOf(messages, 'executed').map(({ node }) => node)).toEqual(['5', '6', '4'])
})

it('asks for lazy inputs, and blocks what follows', async () => {
  const either = defineBehaviour({
    classType: 'Either',
    inputTypes: { required: { first: ['BOOLEAN'], a: ['INT', { lazy: true }], b: ['INT', { lazy: true }] } },
    returnTypes: ['INT'],
    checkLazyStatus: (inputs) => [inputs.truth('first') ? 'a' : 'b'],
    run: (inputs) => ({ result: [inputs.truth('first') ? inputs.value('a')! : { kind: 'blocker', message: 'not b' }] }),
  })
  const graph = (first: boolean) => ({
    1: { class_type: 'Numbers', inputs: { upTo: 1 } },
    2: { class_type: 'Numbers', inputs: { upTo: 2 } },
    3: { class_type: 'Either', inputs: { first, a: ['1', 0], b: ['2', 0] } },
    4: { class_type: 'Show', inputs: { value: ['3', 0] } },
  })
  const taken = await run([either, numbers, show], graph(true))
  expect(dataOf(taken.messages, 'executing').map(({ node }) => node)).toEqual(['3', '1', '3', '4', null])
  const blocked = await run([either, numbers, show], graph(false))
  expect(dataOf(blocked.messages, 'execution_error')).toMatchObject([
    { node_id: '4', exception_message: 'Execution Blocked: not b' },
  ])
})

it('reports progress, pictures and texts', async () => {
  const counts = defineBehaviour({
    classType: 'Counts',
    inputTypes: {},
    outputNode: true,
    progress: () => [
      { progress: { value: 1n, max: 2n }, preview: { format: 'png', bytes: Buffer.from('picture') } },
      { text: 'half' },
      { progress: { value: 2, max: 2 } },
    ],
    run: () => ({}),
  })
  const { messages, frames } = await run([counts], { 1: { class_type: 'Counts', inputs: {} } })
  expect(dataOf(messages, 'progress').map(({ value, max }) => [value, max])).toEqual([
    [1, 2],
    [2, 2],
  ])
  expect(
    frames.filter((frame) => typeof frame !== 'string').map((frame) => Buffer.from(frame).toString('latin1')),
  ).toEqual(['\0\0\0\x01\0\0\0\x02picture', '\0\0\0\x03\0\0\0\x011half'])
})

it('runs a node again when its fingerprint changes', async () => {
  let version = 1n
  const versioned = defineBehaviour({
    classType: 'Versioned',
    inputTypes: {},
    returnTypes: ['INT'],
    isChanged: () => version,
    run: () => ({ result: [version] }),
  })
  const graph = { 1: { class_type: 'Versioned', inputs: {} }, 2: { class_type: 'Show', inputs: { value: ['1', 0] } } }
  const same = await run([versioned, show], graph, graph)
  expect(dataOf(same.messages, 'execution_cached').map(({ nodes }) => nodes)).toEqual([[], ['1', '2']])
  const changing = { ...versioned, isChanged: () => (version += 1n) }
  const other = await run([changing, show], graph, graph)
  expect(dataOf(other.messages, 'execution_cached').map(({ nodes }) => nodes)).toEqual([[], []])
})
