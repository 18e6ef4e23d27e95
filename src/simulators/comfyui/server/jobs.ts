import { pyBool } from '../python/convert.ts'
import { pyStr } from '../python/format.ts'
import { dict, isDict, type Py, type PyDict } from '../python/py.ts'

/** The states of a job, as filters name them. */
export const JOB_STATES = ['pending', 'in_progress', 'completed', 'failed', 'cancelled'] as const
export type JobState = (typeof JOB_STATES)[number]

/** A prompt that waits or runs, `[number, id, graph, extra_data, outputs]`, as a job (comfy_execution/jobs.py). */
export function queuedJob([number = null, id = null, , extraData = null]: readonly Py[], state: JobState): PyDict {
  const facts = { id, status: state, priority: number, create_time: createdAt(extraData), outputs_count: 0n }
  return pruned({ ...facts, workflow_id: workflowId(extraData) })
}

/** A history entry as a job; with its outputs, status and graph when it is asked for alone. */
export function finishedJob(id: string, entry: PyDict, isWhole: boolean): PyDict {
  const prompt = entry.get('prompt')
  const [number = null, , graph = null, extraData = null] = Array.isArray(prompt) ? prompt : []
  const outputs = dictOf(entry.get('outputs'))
  const status = dictOf(entry.get('status'))
  const { start, end, error, wasInterrupted } = timesOf(status)
  const failure = wasInterrupted ? 'cancelled' : 'failed'
  const { count, preview } = summaryOf(outputs)
  const job = pruned({
    id,
    status: status.get('status_str') === 'error' ? failure : 'completed',
    priority: number,
    create_time: createdAt(extraData),
    execution_start_time: start,
    execution_end_time: end,
    execution_error: error,
    outputs_count: BigInt(count),
    preview_output: preview,
    workflow_id: workflowId(extraData),
  })
  if (!isWhole) return job
  job.set('outputs', normalized(outputs)).set('execution_status', status)
  return job.set('workflow', dict({ prompt: graph, extra_data: extraData }))
}

interface Times {
  start: Py
  end: Py
  error: Py
  wasInterrupted: boolean
}

/** When a job took place, and how it failed. */
function timesOf(status: PyDict): Times {
  const messages = status.get('messages')
  const times: Times = { start: null, end: null, error: null, wasInterrupted: false }
  for (const message of Array.isArray(messages) ? messages : []) {
    const [type, data] = Array.isArray(message) ? message : []
    if (!isDict(data)) continue
    const at = data.get('timestamp') ?? null
    if (type === 'execution_start') times.start = at
    if (type === 'execution_error') times.error = data
    if (type === 'execution_interrupted') times.wasInterrupted = true
    if (type === 'execution_success' || type === 'execution_error' || type === 'execution_interrupted') times.end = at
  }
  return times
}

interface Shown {
  readonly nodeId: string
  readonly mediaType: string
  readonly item: PyDict
}

/** How many things a job gave, and what can be shown of it: a file that was saved, any other, or a text. */
function summaryOf(outputs: PyDict): { count: number; preview: Py } {
  const lists = [...normalized(outputs)].flatMap(([nodeId, output]) =>
    [...dictOf(output)].flatMap(([mediaType, list]) =>
      mediaType === 'animated' || !Array.isArray(list) ? [] : list.map((item) => ({ nodeId, mediaType, item })),
    ),
  )
  const items = lists.flatMap(({ item, ...place }): Shown[] => (isDict(item) ? [{ ...place, item }] : []))
  const shown = items.filter(isShown)
  const texts = lists.flatMap(({ item, ...place }): Shown[] =>
    place.mediaType === 'text' && !isDict(item) ? [{ ...place, item: textPreview(pyStr(item)) }] : [],
  )
  const first = shown.find(({ item }) => item.get('type') === 'output') ?? shown[0] ?? texts[0]
  const preview = first && new Map<string, Py>([...first.item, ['nodeId', first.nodeId]])
  if (preview && !preview.has('mediaType')) preview.set('mediaType', first.mediaType)
  return { count: items.length, preview: preview ?? null }
}

const MODEL_3D = /\.(obj|fbx|gltf|glb)$/i

/** Names of 3D files become files, and None goes. */
function normalized(outputs: PyDict): PyDict {
  const each = (item: Py): Py =>
    typeof item === 'string' && MODEL_3D.test(item)
      ? dict({ filename: item, type: 'output', subfolder: '', mediaType: '3d' })
      : item
  const nodes = Array.from(outputs, ([id, output]): [string, Py] => [
    id,
    new Map(
      Array.from(dictOf(output), ([key, list]): [string, Py] => [
        key,
        Array.isArray(list) && key !== 'animated' ? list.filter((item) => item !== null).map(each) : list,
      ]),
    ),
  ])
  return new Map(nodes)
}

const TEXT_LIMIT = 1024

function textPreview(text: string): PyDict {
  const characters = [...text]
  if (characters.length <= TEXT_LIMIT) return dict({ content: text })
  return dict({ content: characters.slice(0, TEXT_LIMIT).join(''), truncated: true })
}

function isShown({ mediaType, item }: Shown): boolean {
  if (['images', 'video', 'audio', '3d', 'text'].includes(mediaType)) return true
  return /^(video|audio)\//.test(textAt(item, 'format')) || MODEL_3D.test(textAt(item, 'filename'))
}

function textAt(item: PyDict, key: string): string {
  const value = item.get(key)
  return typeof value === 'string' ? value : ''
}

const createdAt = (extraData: Py): Py => dictOf(extraData).get('create_time') ?? null

const workflowId = (extraData: Py): Py =>
  dictOf(dictOf(dictOf(extraData).get('extra_pnginfo')).get('workflow')).get('id') ?? null

const dictOf = (value: Py | undefined): PyDict => (isDict(value) ? value : new Map())

const pruned = (members: { readonly [key: string]: Py }): PyDict =>
  new Map([...dict(members)].filter(([key, value]) => value !== null && (key !== 'preview_output' || pyBool(value))))
