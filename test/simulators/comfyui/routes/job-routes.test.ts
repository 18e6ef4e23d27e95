import { expect, it } from 'vitest'
import { comfyuiKnowledge } from '../../../../src/recording/comfyui-knowledge.ts'
import { loadRecording } from '../../../../src/recording/load-recording.ts'
import type { LoadedEntry } from '../../../../src/recording/loaded-entry.ts'
import { comfyuiSimulator } from '../../../../src/simulators/comfyui/simulator.ts'
import { UNMATCHED_HEADER } from '../../../../src/simulators/simulator.ts'
import { virtualClock } from '../../../../src/simulators/virtual-clock.ts'
import { freshSimulator, ORIGIN } from '../reach-simulator.ts'

const { entries } = await loadRecording('fixtures/conformance-0.29/comfyui.har')
interface Answer {
  readonly jobs: ReadonlyArray<Readonly<Record<string, unknown>>>
}

const id = (number: number) => `00000000-0000-4000-8000-00000000000${number}`

const image = { class_type: 'EmptyImage', inputs: { width: 8, height: 8, batch_size: 1, color: 0 } }
const save = { class_type: 'SaveImage', inputs: { images: ['1', 0], filename_prefix: 'a' } }
const fails = { class_type: 'ComfyMathExpression', inputs: { expression: 'a/0', 'values.a': ['3', 0] } }
const good = { 1: image, 2: save }
const bad = {
  3: { class_type: 'PrimitiveInt', inputs: { value: 1 } },
  4: fails,
  5: { class_type: 'PreviewAny', inputs: { source: ['4', 0] } },
}

function opened(more: readonly LoadedEntry[] = []) {
  const clock = virtualClock(1_796_000_000_000, 0)
  const simulator = comfyuiSimulator({
    knowledge: comfyuiKnowledge([...entries, ...more]),
    clock,
    newId: () => crypto.randomUUID(),
  })
  const ask = async (path: string, body?: unknown) => {
    const init = body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) }
    const response = await simulator.http(new Request(ORIGIN + path, init))
    return { status: response.status, body: (await response.json()) as Answer }
  }
  const send = (number: number, prompt: object) =>
    ask('/prompt', { prompt, prompt_id: id(number), extra_data: { extra_pnginfo: { workflow: { id: `w${number}` } } } })
  const settled = () => expect.poll(() => simulator.report().remaining, { interval: 1 }).toBe(0)
  return { ask, send, settled }
}

it('shows what has run, by the time it was sent', async () => {
  const { ask, send, settled } = opened()
  for (const [number, prompt] of [good, bad].entries()) {
    await send(number, prompt)
    await settled()
  }
  const { body } = await ask('/api/jobs?limit=1')
  expect(body).toEqual({
    jobs: [expect.objectContaining({ id: id(1), status: 'failed', outputs_count: 0, workflow_id: 'w1' })],
    pagination: { offset: 0, limit: 1, total: 2, has_more: true },
  })
  expect(body.jobs[0]?.['execution_error']).toMatchObject({ node_id: '4', exception_type: 'ZeroDivisionError' })
  const idsOf = async (query: string) => (await ask(`/api/jobs?${query}`)).body.jobs.map((job) => job['id'])
  expect([
    await idsOf('status=completed'),
    await idsOf('workflow_id=w1'),
    await idsOf('sort_order=asc&offset=1'),
    await idsOf('status=pending, in_progress'),
  ]).toEqual([[id(0)], [id(1)], [id(1)], []])
})

it('shows one job with all that it gave', async () => {
  const { ask, send, settled } = opened()
  await send(0, good)
  await settled()
  const file = { filename: 'a_00001_.png', subfolder: '', type: 'output' }
  expect(await ask(`/api/jobs/${id(0)}`)).toMatchObject({
    status: 200,
    body: {
      status: 'completed',
      priority: 0,
      outputs_count: 1,
      preview_output: { ...file, nodeId: '2', mediaType: 'images' },
      outputs: { 2: { images: [file] } },
      execution_status: { status_str: 'success' },
      workflow: { prompt: good },
    },
  })
  expect(await ask(`/api/jobs/${id(7)}`)).toEqual({ status: 404, body: { error: 'Job not found' } })
})

it('shows a 3D file by its name, and a text where there is nothing else', async () => {
  const { ask, send, settled } = opened()
  await send(0, { 1: { class_type: 'Preview3D', inputs: { model_file: 'a.glb' } } })
  await send(1, { 3: bad[3], 5: { class_type: 'PreviewAny', inputs: { source: ['3', 0] } } })
  await settled()
  const previewOf = async (number: number) => (await ask(`/api/jobs/${id(number)}`)).body
  const file = { filename: 'a.glb', type: 'output', subfolder: '', mediaType: '3d' }
  expect(await previewOf(0)).toMatchObject({
    outputs_count: 1,
    preview_output: { ...file, nodeId: '1' },
    outputs: { 1: { result: [file] } },
  })
  expect(await previewOf(1)).toMatchObject({
    outputs_count: 0,
    preview_output: { content: '1', nodeId: '5', mediaType: 'text' },
    outputs: { 5: { text: ['1'] } },
  })
})

it('cancels what waits', async () => {
  const { ask, send, settled } = opened()
  const sent = [send(0, good), send(1, bad)]
  await Promise.all(sent)
  expect((await ask('/api/jobs/cancel', { job_ids: [id(1)] })).body).toEqual({ cancelled: true })
  await settled()
  expect((await ask(`/api/jobs/${id(1)}`)).status).toBe(404)
  expect((await ask(`/api/jobs/${id(1)}/cancel`, {})).body).toEqual({ cancelled: false })
})

it.each([
  ['limit=0', 'limit must be a positive integer'],
  ['limit=x', 'limit must be an integer'],
  ['offset=x', 'offset must be an integer'],
  ['sort_by=size', "sort_by must be 'created_at' or 'execution_duration'"],
  ['sort_order=up', "sort_order must be 'asc' or 'desc'"],
  ['status=lost', 'Invalid status value(s): lost. Must be one of: pending, in_progress, completed, failed, cancelled'],
])('refuses the query %s', async (query, error) => {
  expect(await opened().ask(`/api/jobs?${query}`)).toEqual({ status: 400, body: { error } })
})

it.each([
  [{ job_ids: ['x', 5] }, { error: 'job_ids contains invalid id(s)', invalid_ids: ['x', '5'] }],
  [{}, { error: 'job_ids must be a list' }],
])('refuses to cancel %j', async (asked, body) => {
  expect(await opened().ask('/api/jobs/cancel', asked)).toEqual({ status: 400, body })
})

it.each([
  ['GET', '/api/jobs?limit=1', 404],
  ['GET', '/api/jobs/1', 404],
  ['POST', '/api/jobs/cancel', 405],
  ['GET', '/api/assets/1', 404],
  ['POST', '/api/assets', 405],
  ['GET', '/node_replacements', 404],
  ['GET', '/api/global_subgraphs', 404],
])('has nothing at %s %s where the recorded server is older than that, and knows it', async (method, path, status) => {
  const answer = await freshSimulator().http(new Request(ORIGIN + path, { method }))
  expect([answer.status, answer.headers.has(UNMATCHED_HEADER)]).toEqual([status, false])
})

it('tells the jobs of the recorded server as they were, until something is queued', async () => {
  const job = { id: id(9), status: 'completed', priority: 0, outputs_count: 1 }
  const recorded = { jobs: [job], pagination: { offset: 0, limit: 5, total: 1, has_more: false } }
  const [listing] = entries
  const answered = (path: string, body: object) => {
    const text = JSON.stringify(body)
    return {
      ...listing!,
      method: 'GET',
      url: new URL(path, listing!.url),
      status: 200,
      responseBody: () => Buffer.from(text),
    }
  }
  const { ask, send } = opened([answered('/api/jobs?limit=5', recorded), answered(`/api/jobs/${id(9)}`, job)])
  expect((await ask('/api/jobs?limit=5')).body).toEqual(recorded)
  await send(1, good)
  expect((await ask('/api/jobs?limit=5')).body.jobs).toMatchObject([{ id: id(1) }])
  expect((await ask(`/api/jobs/${id(9)}`)).body).toEqual(job)
})
