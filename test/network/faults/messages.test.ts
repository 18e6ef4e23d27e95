import { expect, it } from 'vitest'
import { bytesOf } from '../../../src/simulators/media/byte-source.ts'
import { faultyNetwork } from './faulty-network.ts'
import { type Rendered, render } from './rendering.ts'

/** What a socket hears of the prompt when all is well, but for `progress_state`. */
const ALL = [
  ...['status', 'status', 'status', 'execution_start', 'execution_cached'],
  ...[7, 4, 6, 5, 8, 1, 2, 3, 10].map((node) => `executing ${node}`),
  ...[1, 2, 3, 4].flatMap((step) => [`progress ${step}`, 'preview']),
  ...['executing 11', 'executed 11', 'execution_success', 'status', 'executing null'],
]
const upTo = (event: string) => ALL.slice(0, ALL.indexOf(event))
const until = (event: string) => ALL.slice(0, ALL.indexOf(event) + 1)
const without = (event: string) => ALL.filter((one) => one !== event)
const failed = [...until('executing 10'), 'execution_error', 'status', 'executing null']

/** How the history says that the prompt ended, and what it wrote. */
const SUCCESS = 'execution_success high_00001_.latent'

interface Seen {
  events?: readonly string[]
  socket?: string | number
  posted?: number | null
  history?: string | null
  running?: number
}

const table: Readonly<Record<string, Seen>> = {
  'executed of job 1: drop': { events: without('executed 11') },
  'execution_start of job 1: duplicate': { events: [...upTo('execution_start'), 'execution_start', ...ALL.slice(3)] },
  'execution_start of job 1: reorder': {
    events: [...upTo('execution_start'), 'execution_cached', 'execution_start', ...ALL.slice(5)],
  },
  'step 2 of 4 of job 1: garbage': { events: ALL.map((event) => (event === 'progress 2' ? '?' : event)) },
  '2nd preview: drop': { events: [...upTo('progress 2'), 'progress 2', ...ALL.slice(ALL.indexOf('progress 3'))] },
  'step 2 of job 1: close 1001': { events: upTo('progress 2'), socket: 1001 },
  'after step 2: close 1011': { events: until('progress 2'), socket: 1011 },
  'step 2: close 1006': { events: upTo('progress 2'), socket: 1006 },
  'node KSamplerAdvanced: silence': { events: upTo('executing 10') },
  'socket open: close 1001': { events: [], socket: 1001 },
  'after socket open: close 1011': { events: ['status'], socket: 1011 },
  'socket open: silence': { events: [] },
  'socket open: status 403': { events: [], socket: 'Unexpected server response: 403' },
  'socket open: status 200': { events: [], socket: 'Unexpected server response: 200' },
  'socket open: status 302 to /login': { events: [], socket: 'Unexpected server response: 302' },
  'socket open: hang': { events: [], socket: 'not opened in time' },
  'socket open: reset': { events: [], socket: 'read ECONNRESET' },
  'socket open: no answer': { events: [], socket: 'socket hang up' },
  'socket open: refuse': { events: [], socket: 'socket hang up', posted: null, history: null },
  'after socket open: reset': { events: ['status'], socket: 1006 },
  'step 2: restart': { events: upTo('progress 2'), socket: 1006, history: null },
  'after execution_success: restart refusing 1 connections': {
    events: until('execution_success'),
    socket: 1006,
    history: null,
  },
  'execution_cached: refuse 2 connections': { events: upTo('execution_cached'), socket: 1006 },
  'step 2: interrupt': {
    events: [...until('progress 2'), 'preview', 'execution_interrupted', 'status', 'executing null'],
    history: 'execution_interrupted',
  },
  // Everybody is told of a queue that was cleared.
  'execution_start: clear queue': {
    events: [...until('executing 7'), 'status', ...ALL.slice(ALL.indexOf('executing 4'))],
  },
  'end of job 1: clear history': { history: null },
  'node KSamplerAdvanced of job 1: out of memory': { events: failed, history: 'torch.OutOfMemoryError at 10' },
  'node 10: raise ValueError "no good"': { events: failed, history: 'ValueError at 10' },
  'node "Save latent HIGH" of job 1: disk full': {
    events: [...until('executing 11'), 'execution_error', 'status', 'executing null'],
    history: 'OSError at 11',
  },
  'step 1: out of memory': { events: failed, history: 'torch.OutOfMemoryError at 10' },
  'step 2: hang': { events: [...until('progress 2'), 'preview'], history: null, running: 1 },
  'POST /prompt of job 1: no outputs': { events: without('executed 11'), history: 'execution_success' },
  'POST /prompt of job 1: no model wan2.2_high_t2v.safetensors': { events: ['status'], posted: 400, history: null },
  'POST /prompt of job 1: name taken': { history: 'execution_success high_00002_.latent' },
  'POST /prompt of job 1: restart': { events: ['status'], socket: 1006, posted: null, history: null },
  'after POST /prompt of job 1: restart': {
    events: ['status', 'status'],
    socket: 1006,
    posted: null,
    history: null,
  },
}

/** Real sockets differ in how they are refused and how they end. */
const skinsOf = ({ socket }: Seen) => (socket === undefined ? (['wire'] as const) : (['wire', 'serve'] as const))

it.each(Object.entries(table).flatMap(([spec, seen]) => skinsOf(seen).map((skin) => [skin, spec, seen] as const)))(
  '%s: %s',
  async (skin, spec, seen) => {
    await using network = await faultyNetwork(skin, spec)
    const { events, socket, posted, history, queue } = await render(network)
    expect({
      events: events.filter((event) => event !== 'progress_state'),
      socket,
      posted,
      history: endOf(history),
      running: queue.running,
    }).toEqual({ events: ALL, socket: null, posted: 200, history: SUCCESS, running: 0, ...seen })
    expect(network.report()).toEqual([[expect.any(String), 1]])
  },
)

it('tells of a node that failed with a traceback', async () => {
  await using network = await faultyNetwork('wire', 'node 10 of job 1: out of memory')
  const { history } = await render(network)
  expect(history.status.messages.at(-1)).toEqual([
    'execution_error',
    expect.objectContaining({
      node_type: 'KSamplerAdvanced',
      exception_message: expect.stringContaining('TIPS: If the workflow worked before'),
      traceback: [expect.stringContaining('execution.py'), expect.stringContaining('execution.py')],
    }),
  ])
})

it('lets time go by on the clock of the run', async () => {
  const times: number[] = []
  for (const spec of ['step 2: delay 0 ms', 'step 2: delay 10 min', 'after step 4: hang for 90 s']) {
    await using network = await faultyNetwork('wire', spec)
    await render(network)
    times.push(network.now())
  }
  expect(times.map((time) => time - times[0]!)).toEqual([0, 600_000, 90_000])
})

it.each(['with', 'without'])('starts a server again %s its files', async (files) => {
  await using network = await faultyNetwork('wire', `after end of job 1: restart ${files} files refusing 1 connections`)
  await render(network)
  const names = network.comfyui.files.list('output').map(({ filename }) => filename)
  expect(names).toEqual(files === 'with' ? ['high_00001_.latent'] : [])
})

it.each([
  ['damaged', (bytes: Buffer, whole: Buffer) => bytes.length === whole.length && !bytes.equals(whole)],
  ['cut', (bytes: Buffer, whole: Buffer) => bytes.equals(whole.subarray(0, whole.length >> 1))],
  ['empty', (bytes: Buffer) => bytes.length === 0],
  ['foreign', (bytes: Buffer, whole: Buffer) => bytes.includes('latent_tensor') && bytes.length > whole.length / 2],
] as const)('leaves a %s file on the disk of the server', async (how, isSo) => {
  const written = async (spec: string) => {
    await using network = await faultyNetwork('wire', spec)
    await render(network)
    return Buffer.from(bytesOf(network.comfyui.files.list('output')[0]!.bytes))
  }
  const whole = await written('GET /queue: delay 0 ms')
  expect(isSo(await written(`end of job 1: ${how} file`), whole)).toBe(true)
})

/** The last message, what failed at which node, and the files. */
function endOf(history: Rendered['history']): string | null {
  if (history === null) return null
  const [type, { exception_type, node_id }] = history.status.messages.at(-1)
  const files = Object.values(history.outputs as Record<string, { latents: { filename: string }[] }>)
  const names = files.flatMap(({ latents }) => latents.map(({ filename }) => filename))
  return exception_type ? `${exception_type} at ${node_id}` : [type, ...names].join(' ')
}
