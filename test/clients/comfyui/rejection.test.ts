import { expect, it } from 'vitest'
import { partialRejection, rejection } from '../../../src/clients/comfyui/rejection.ts'
import { recorded } from '../loopback-comfyui.ts'

const ASKED = 'POST http://127.0.0.1:8188/prompt'
const MISSING_FILE = 'the server has no such file: the job that makes it must be done, or it must be uploaded first'
const MISSING_NODE =
  'install the custom nodes that the workflow uses and restart ComfyUI, or choose other templates with --workflows'

function refusalOf(name: string) {
  const { prompt, body } = recorded(name)
  const { message, hint, problems } = rejection(ASKED, prompt, JSON.parse(body))!
  return { message, hint, problems }
}

it('tells which latent is missing', () => {
  expect(refusalOf('missing-latent')).toEqual({
    message: `${ASKED}: ComfyUI refused the workflow: Prompt outputs failed validation (1 problem)`,
    hint: MISSING_FILE,
    problems: [
      {
        file: 'node 12 "Latent from HIGH" (LoadLatent)',
        message:
          'input latent: Custom validation failed for node (latent - Invalid latent file: wren/chunk1/high_00009_.latent [output])',
        hint: MISSING_FILE,
      },
    ],
  })
})

it('tells of every node that is wrong', () => {
  expect(refusalOf('missing-video')).toEqual({
    message: `${ASKED}: ComfyUI refused the workflow: Prompt outputs failed validation (2 problems)`,
    hint: MISSING_FILE,
    problems: [
      {
        file: 'node 1 "First video" (LoadVideo)',
        message:
          'input file: Custom validation failed for node (file - Invalid video file: wren/chunk1/video_00001_.mp4 [output])',
        hint: MISSING_FILE,
      },
      {
        file: 'node 2 "Second video" (LoadVideo)',
        message:
          'input file: Custom validation failed for node (file - Invalid video file: wren/chunk2/video_00001_.mp4 [output])',
        hint: MISSING_FILE,
      },
    ],
  })
})

it('tells of a class that is not installed', () => {
  const message = "Cannot execute because node UnetLoaderGGUFx does not exist. (Node ID '#1')"
  expect(refusalOf('unknown-class')).toEqual({
    message: `${ASKED}: ComfyUI refused the workflow: Cannot execute because node UnetLoaderGGUFx does not exist. (1 problem)`,
    hint: MISSING_NODE,
    problems: [{ file: 'workflow', message, hint: MISSING_NODE }],
  })
})

it('finds the node in the words of newer servers', () => {
  const error = {
    type: 'missing_node_type',
    message: "Node 'Unet high' not found. The custom node may not be installed.",
    details: "Node ID '#1'",
    extra_info: { node_id: '1', class_type: 'UnetLoaderGGUFx', node_title: 'Unet high' },
  }
  const graph = { 1: { class_type: 'UnetLoaderGGUFx', inputs: {}, _meta: { title: 'Unet high' } } }
  expect(rejection(ASKED, graph, { error, node_errors: {} })!.problems).toEqual([
    {
      file: 'node 1 "Unet high" (UnetLoaderGGUFx)',
      message: `${error.message} (${error.details})`,
      hint: MISSING_NODE,
    },
  ])
})

it('tells which part of a workflow would be left out', () => {
  const { prompt, body } = recorded('partial')
  const { message, hint, problems } = partialRejection(ASKED, prompt, JSON.parse(body).node_errors)!
  const advice = 'the workflow template leaves this input empty: give it a value there or bind it'
  expect({ message, hint, problems }).toEqual({
    message: `${ASKED}: ComfyUI would leave out a part of the workflow, so the prompt was taken back (1 problem)`,
    hint: advice,
    problems: [
      {
        file: 'node 16 "Save video" (SaveVideo)',
        message: 'input filename_prefix: Required input is missing',
        hint: advice,
      },
    ],
  })
})

it.each([[{}], [[]], [undefined], [null]])('finds nothing wrong in node_errors %j', (nodeErrors) => {
  expect(partialRejection(ASKED, {}, nodeErrors)).toBeNull()
})

it('reads the refusals of servers before 0.3.28', () => {
  expect(rejection(ASKED, {}, { error: 'no prompt', node_errors: [] })!.problems).toEqual([
    { file: 'workflow', message: 'no prompt' },
  ])
})

it('suggests a value from a list of either shape', () => {
  const problem = (input_config: unknown) => {
    const error = {
      type: 'value_not_in_list',
      message: 'Value not in list',
      extra_info: { input_name: 'codec', input_config, received_value: 'h246' },
    }
    return rejection(ASKED, {}, { error: {}, node_errors: { 7: { errors: [error] } } })!.hint
  }
  const suggestion = 'the server does not offer this value for codec: choose one that it lists. Did you mean "h264"?'
  expect(problem([['auto', 'h264'], {}])).toBe(suggestion)
  expect(problem(['COMBO', { options: ['auto', 'h264'] }])).toBe(suggestion)
  expect(problem(null)).toBe('the server does not offer this value for codec: choose one that it lists.')
})

it('takes no other body for a refusal', () => {
  expect(rejection(ASKED, {}, null)).toBeNull()
  expect(rejection(ASKED, {}, { detail: 'bad request' })).toBeNull()
})
