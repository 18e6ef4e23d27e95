import type { Hono } from 'hono'
import { pyInt } from '../python/convert.ts'
import { pyRepr } from '../python/format.ts'
import { parseJson } from '../python/parse.ts'
import { dict, isDict, type Py, type PyDict, PythonError } from '../python/py.ts'
import { finishedJob, JOB_STATES, type JobState, queuedJob } from '../server/jobs.ts'
import { rowOf } from '../server/prompt-queue.ts'
import type { ServerModel } from '../server/server-model.ts'
import { answering, emptyAnswer, jsonAnswer } from './aiohttp.ts'
import type { replayRecorded } from './recorded-replay.ts'

/**
 * Queue and history as jobs (server.py, get_jobs), which newer servers have below `/api` only. Jobs that the recorded server had
 * before are told as they were: all of them until something is queued here, and each by its id.
 */
export function jobRoutes(app: Hono, model: ServerModel, replay: ReturnType<typeof replayRecorded>): void {
  const { rules } = model.parts
  if (!rules.jobs) {
    for (const path of ['/api/jobs', '/api/jobs/:id']) app.get(path, ({ req }) => notYet(req.raw, replay))
  } else {
    app.get('/api/jobs', async ({ req }) => {
      const found = model.isUnused ? await replay(req.raw) : null
      if (found instanceof Response) return found
      return answering(() => list(new URL(req.url).searchParams, model))
    })
    app.get('/api/jobs/:id', async ({ req }) => {
      const job = jobOf(req.param('id'), model)
      if (job) return jsonAnswer(job)
      const found = await replay(req.raw)
      return found instanceof Response ? found : jsonAnswer(dict({ error: 'Job not found' }), 404)
    })
  }
  if (!rules.jobCancel) return
  app.post('/api/jobs/cancel', async ({ req }) => cancelAll(await req.raw.text(), model))
  app.post('/api/jobs/:id/cancel', ({ req }) => jsonAnswer(dict({ cancelled: cancel(req.param('id'), model) })))
}

/** What only later servers have is nowhere: node packs stay away from it. */
async function notYet(request: Request, replay: ReturnType<typeof replayRecorded>): Promise<Response> {
  const found = await replay(request)
  return found instanceof Response ? found : emptyAnswer(404)
}

const refusal = (error: string) => jsonAnswer(dict({ error }), 400)

function list(query: URLSearchParams, model: ServerModel): Response {
  const states = (query.get('status') ?? '')
    .split(',')
    .map((state) => state.trim().toLowerCase())
    .filter((state) => state !== '')
  const unknown = states.filter((state) => !isState(state))
  if (unknown.length > 0) {
    return refusal(`Invalid status value(s): ${unknown.join(', ')}. Must be one of: ${JOB_STATES.join(', ')}`)
  }
  const [by, order] = [query.get('sort_by') ?? 'created_at', query.get('sort_order') ?? 'desc']
  if (by !== 'created_at' && by !== 'execution_duration') {
    return refusal("sort_by must be 'created_at' or 'execution_duration'")
  }
  if (order !== 'asc' && order !== 'desc') return refusal("sort_order must be 'asc' or 'desc'")
  const [limit, skipped] = [integerIn(query, 'limit'), integerIn(query, 'offset')]
  if (limit === 'wrong') return refusal('limit must be an integer')
  if (limit !== null && limit <= 0) return refusal('limit must be a positive integer')
  if (skipped === 'wrong') return refusal('offset must be an integer')
  const offset = Math.max(0, skipped ?? 0)
  const jobs = sorted(jobsIn(model, states.length > 0 ? states.filter(isState) : JOB_STATES), by, order).filter(
    (job) => !query.get('workflow_id') || job.get('workflow_id') === query.get('workflow_id'),
  )
  const page = jobs.slice(offset, limit === null ? undefined : offset + limit)
  const pagination = dict({
    offset: BigInt(offset),
    limit: limit === null ? null : BigInt(limit),
    total: BigInt(jobs.length),
    has_more: offset + page.length < jobs.length,
  })
  return jsonAnswer(dict({ jobs: page, pagination }))
}

function isState(text: string): text is JobState {
  return (JOB_STATES as readonly string[]).includes(text)
}

function integerIn(query: URLSearchParams, name: string): number | null | 'wrong' {
  const text = query.get(name)
  if (text === null) return null
  try {
    return Number(pyInt(text))
  } catch (error) {
    if (error instanceof PythonError) return 'wrong'
    throw error
  }
}

function jobsIn({ queue, history }: ServerModel, states: readonly JobState[]): PyDict[] {
  const running =
    states.includes('in_progress') && queue.running ? [queuedJob(rowOf(queue.running), 'in_progress')] : []
  const pending = states.includes('pending') ? queue.pending.map((item) => queuedJob(rowOf(item), 'pending')) : []
  const finished = [...entriesOf(history.page(null, -1))]
    .map(([id, entry]) => finishedJob(id, entry, false))
    .filter((job) => states.some((state) => state === job.get('status')))
  return [...running, ...pending, ...finished]
}

function jobOf(id: string, { queue, history }: ServerModel): PyDict | null {
  const entry = entriesOf(history.get(id)).get(id)
  if (entry) return finishedJob(id, entry, true)
  if (queue.running?.promptId === id) return queuedJob(rowOf(queue.running), 'in_progress')
  const waiting = queue.pending.find(({ promptId }) => promptId === id)
  return waiting ? queuedJob(rowOf(waiting), 'pending') : null
}

function entriesOf(text: string): Map<string, PyDict> {
  const parsed = parseJson(text)
  return new Map(isDict(parsed) ? [...parsed].flatMap(([id, entry]) => (isDict(entry) ? [[id, entry]] : [])) : [])
}

function sorted(jobs: readonly PyDict[], by: string, order: string): PyDict[] {
  const number = (value: Py | undefined) => Number(value ?? 0)
  const key = (job: PyDict) => {
    if (by === 'created_at') return number(job.get('create_time'))
    const [start, end] = [number(job.get('execution_start_time')), number(job.get('execution_end_time'))]
    return start && end ? end - start : 0
  }
  return jobs.toSorted((a, b) => (order === 'asc' ? key(a) - key(b) : key(b) - key(a)))
}

const CANONICAL_UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/

function cancelAll(body: string, model: ServerModel): Response {
  let parsed: Py
  try {
    parsed = parseJson(body)
  } catch (error) {
    if (!(error instanceof PythonError)) throw error
    return refusal('Request body must be valid JSON')
  }
  const ids = isDict(parsed) ? parsed.get('job_ids') : undefined
  if (!Array.isArray(ids)) return refusal('job_ids must be a list')
  const wrong = ids.filter((id) => typeof id !== 'string' || !CANONICAL_UUID.test(id))
  if (wrong.length > 0) {
    const shown = wrong.map((id) => (typeof id === 'string' ? id : pyRepr(id)))
    return jsonAnswer(dict({ error: 'job_ids contains invalid id(s)', invalid_ids: shown }), 400)
  }
  const cancelled = ids.map((id) => cancel(String(id), model))
  return jsonAnswer(dict({ cancelled: cancelled.includes(true) }))
}

/** Interrupts what runs and removes what waits; whether there was anything to cancel. */
function cancel(id: string, { queue, worker }: ServerModel): boolean {
  if (queue.running?.promptId === id) worker.interrupt(id)
  else if (queue.pending.some(({ promptId }) => promptId === id)) queue.delete(id)
  else return false
  return true
}
