import { expect, it } from 'vitest'
import { failure, historyEntry } from '../../../src/clients/comfyui/outcome.ts'
import { recorded } from '../loopback-comfyui.ts'

function entryOf(name: string) {
  const { promptId, history } = recorded(name)
  return historyEntry(promptId!, JSON.parse(history!))!
}

const made = (entry: object) => historyEntry('p', { p: entry })!

it('reads the files of a render under every key', () => {
  const { files, outputs, status } = entryOf('low')
  expect({ status, files, outputs }).toEqual({
    status: 'success',
    files: {
      11: [{ filename: 'low_00001_.latent', subfolder: 'wren/chunk1', type: 'output' }],
      16: [{ filename: 'video_00001_.mp4', subfolder: 'wren/chunk1', type: 'output' }],
    },
    outputs: {
      11: { latents: [{ filename: 'low_00001_.latent', subfolder: 'wren/chunk1', type: 'output' }] },
      16: { images: [{ filename: 'video_00001_.mp4', subfolder: 'wren/chunk1', type: 'output' }], animated: [true] },
    },
  })
})

it('finds the videos that VideoHelperSuite reports under gifs', () => {
  const video = { filename: 'film_00001.mp4', subfolder: '', type: 'output', format: 'video/h264-mp4', frame_rate: 16 }
  expect(made({ outputs: { '309:298': { gifs: [video], text: ['done'] } }, status: null }).files).toEqual({
    '309:298': [{ filename: 'film_00001.mp4', subfolder: '', type: 'output' }],
  })
})

it('has no entry while the prompt waits or runs', () => {
  expect(historyEntry('p', {})).toBeNull()
})

it('tells at which node a prompt failed and keeps what was made before', () => {
  const entry = entryOf('bad-codec')
  expect(entry.files['11']).toEqual([{ filename: 'low_00001_.latent', subfolder: 'wren/codec', type: 'output' }])
  expect(failure(entry)).toMatchObject({
    code: 'PR_COMFY_FAILED',
    message:
      'prompt afdc46d4-8ac7-4305-97fa-bface1592fbd failed at node 16 (SaveVideo): ValueError: Only H264 codec is supported for now',
    hint: 'a live ComfyUI has the whole trace in its log',
  })
})

it('tells that a prompt was interrupted', () => {
  expect(failure(entryOf('interrupted'))).toMatchObject({
    code: 'PR_COMFY_INTERRUPTED',
    message: 'prompt 5d56c06c-51cf-41f7-9756-b6461564a9a7 was interrupted at node 10 (KSamplerAdvanced)',
  })
})

it('knows a failure that the server calls a success', () => {
  const error = {
    node_id: '1',
    node_type: 'Loop',
    exception_type: 'DependencyCycleError',
    exception_message: 'cycle\n',
  }
  const entry = made({ outputs: {}, status: { status_str: 'success', messages: [['execution_error', error]] } })
  expect(failure(entry)?.message).toBe('prompt p failed at node 1 (Loop): DependencyCycleError: cycle')
})

it('does not take a blocked branch for a failure', () => {
  const messages = [['execution_error', { exception_type: 'ExecutionBlocked' }]]
  expect(failure(made({ outputs: {}, status: { status_str: 'success', messages } }))).toBeNull()
})

it('says what to do when memory ran out', () => {
  const error = {
    node_id: '15',
    node_type: 'VAEDecode',
    exception_type: 'torch.OutOfMemoryError',
    exception_message: 'Allocation failed\n',
  }
  const entry = made({ outputs: {}, status: { status_str: 'error', messages: [['execution_error', error]] } })
  expect(failure(entry)?.hint).toBe(
    'the server ran out of memory: use fewer frames per chunk or a smaller size, or free its memory and try again',
  )
})

it.each([
  ['OSError', '[Errno 28] No space left on device'],
  ['av.error.OSError', "[Errno 28] No space left on device: '/out/video_00001_.mp4'"],
])('says what to do when the disk of the server is full, in the words of %s', (exception_type, exception_message) => {
  const error = { node_id: '16', node_type: 'SaveVideo', exception_type, exception_message }
  const entry = made({ outputs: {}, status: { status_str: 'error', messages: [['execution_error', error]] } })
  expect(failure(entry)?.hint).toMatch(/^the disk of the server is full: delete files/)
})

it.each([
  [{}, 'a node that it does not name'],
  [{ node_id: null, node_type: null }, 'a node that it does not name'],
  [{ node_id: '7' }, 'node 7'],
  [{ node_type: 'KSampler' }, 'a node that it does not name (KSampler)'],
])('has words for a place that is told as %j', (place, words) => {
  const error = { ...place, exception_type: 'ValueError', exception_message: 'no' }
  const ended = (kind: string) => made({ outputs: {}, status: { status_str: 'error', messages: [[kind, error]] } })
  expect(failure(ended('execution_error'))?.message).toBe(`prompt p failed at ${words}: ValueError: no`)
  expect(failure(ended('execution_interrupted'))?.message).toBe(`prompt p was interrupted at ${words}`)
})

it('admits that a failure has no cause', () => {
  expect(failure(made({ outputs: {}, status: { status_str: 'error' } }))?.message).toBe(
    'prompt p failed; its history names no cause',
  )
})
