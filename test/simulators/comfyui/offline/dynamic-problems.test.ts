import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { rawMembers } from '../../../../src/recording/exact-json.ts'
import { checkGraph, offlineServer } from '../../../../src/simulators/comfyui/offline/check-graph.ts'

const har = JSON.parse(readFileSync('fixtures/conformance-0.29/comfyui.har', 'utf8')) as {
  log: { entries: Array<{ request: { url: string }; response: { content: { text?: string } } }> }
}
const objectInfo = har.log.entries.find(({ request }) => request.url.endsWith('/object_info'))!.response.content.text!
const server = offlineServer(objectInfo, { version: '0.29.0' })

const image = { class_type: 'EmptyImage', inputs: { width: 64, height: 64, batch_size: 1, color: 0 } }
const save = { class_type: 'PreviewImage', inputs: { images: ['2', 0] } }
const resize = (inputs: object) => ({
  class_type: 'ResizeImageMaskNode',
  inputs: { input: ['1', 0], scale_method: 'area', ...inputs },
})

const problemsOf = (node: object, strict = false) =>
  checkGraph(JSON.stringify({ 1: image, 2: node, 3: save }), server, { file: 'a.json', strict }).map(
    ({ message, hint }) => [message, hint],
  )

const by = (width: unknown) => ({
  resize_type: 'scale dimensions',
  'resize_type.width': width,
  'resize_type.height': 32,
  'resize_type.crop': 'center',
})

it('has nothing to say of dynamic inputs as they have to be', () => {
  expect(rawMembers(objectInfo)!.has('ResizeImageMaskNode')).toBe(true)
  expect(problemsOf(resize(by(32)), true)).toEqual([])
  expect(problemsOf({ class_type: 'BatchImagesNode', inputs: { 'images.image0': ['1', 0] } }, true)).toEqual([])
})

it('tells what an option lacks, in words that can be followed', () => {
  const { 'resize_type.width': _, ...rest } = by(32)
  expect(problemsOf(resize(rest))).toEqual([
    ['node 2 (ResizeImageMaskNode): input "resize_type.width" is missing', "add it; the class's default is 512"],
  ])
  expect(problemsOf(resize(by(99_999)))).toEqual([
    [
      'node 2 (ResizeImageMaskNode): input "resize_type.width": value 99999 bigger than max of 16384',
      'give a value from 0 up to 16384',
    ],
  ])
  expect(problemsOf(resize({ ...by(32), 'resize_type.crop': 'centre' }))).toEqual([
    [
      'node 2 (ResizeImageMaskNode): input "resize_type.crop" cannot be "centre"',
      'did you mean "center"? The server allows: disabled, center',
    ],
  ])
  expect(problemsOf({ class_type: 'BatchImagesNode', inputs: {} })).toEqual([
    [
      'node 2 (BatchImagesNode): input "images.image0" is missing',
      'add it: a value or a link to an output of type IMAGE',
    ],
  ])
})

it('tells of an option that there is not, which the server accepts', () => {
  const allowed =
    'the class allows: scale dimensions, scale by multiplier, scale longer dimension, scale shorter dimension, scale width, scale height, scale total pixels, match size, scale to multiple'
  expect(problemsOf(resize({ resize_type: 'scale dimension' }))).toEqual([
    [
      'node 2 (ResizeImageMaskNode): input "resize_type" cannot be "scale dimension", which the server sees only when it runs the node',
      `did you mean "scale dimensions"? ${allowed}`,
    ],
  ])
  expect(problemsOf(resize({}))).toEqual([
    [
      'node 2 (ResizeImageMaskNode): input "resize_type" is missing, which the server sees only when it runs the node',
      `add it; ${allowed}`,
    ],
  ])
})

it('says of an input that an option does not have that the class does not declare it', () => {
  expect(
    problemsOf(
      resize({ resize_type: 'scale by multiplier', 'resize_type.multiplier': 0.5, 'resize_type.width': ['1', 0] }),
      true,
    )[0],
  ).toEqual([
    'node 2 (ResizeImageMaskNode): input "resize_type.width" is linked, but the class declares no such input',
    expect.stringContaining('remove it unless the class takes any input.'),
  ])
})

it('tells a circle once', () => {
  const graph = { 1: resize({ ...by(32), input: ['2', 0] }), 2: resize({ ...by(32), input: ['1', 0] }), 3: save }
  const messages = checkGraph(JSON.stringify(graph), server, { file: 'a.json' }).map(({ message }) => message)
  expect(messages).toEqual([expect.stringMatching(/^links run in a circle: /)])
})

it('takes a class that the server replaces for the one that it becomes', () => {
  const messagesOf = (graph: object) =>
    checkGraph(JSON.stringify(graph), server, { file: 'a.json' }).map(({ message }) => message)
  const gone = { class_type: 'Preview3DAnimation', inputs: { model_file: 'a.glb' } }
  expect(messagesOf({ 1: gone })).toEqual(['node 1 (Preview3D): input "model_file" is missing'])
})
