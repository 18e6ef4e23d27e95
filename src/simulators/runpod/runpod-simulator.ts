import { Hono } from 'hono'
import { type Clock, PROVENANCE_HEADER, type SimulatedService, UNMATCHED_HEADER } from '../simulator.ts'
import { type PodAction, PodModel, podAction, type RunpodSeed } from './pod-model.ts'

export interface RunpodSimulatorOptions {
  readonly clock: Clock
  readonly seed: RunpodSeed
  /**
   * The pods that exist. Without it every id does, as a copy of the recording's pod: a dry run is made with the user's own
   * pod id, which no recording can know.
   */
  readonly pods?: readonly string[] | undefined
}

/** RunPod's REST API v2, `https://api.runpod.io/v2`: one pod to look at, stop, start and terminate, and the GPU catalogue. */
export function runpodSimulator({ clock, seed, pods: existing }: RunpodSimulatorOptions): SimulatedService {
  const pods = new Map<string, PodModel>()
  const limits = rateLimit()
  const find = (id: string): PodModel | null => {
    if (existing !== undefined && !existing.includes(id)) return null
    const pod = pods.get(id) ?? new PodModel({ ...seed.pod, id }, clock.now())
    pods.set(id, pod)
    return pod
  }

  const app = new Hono()
  app.use(async (c, next) => {
    const isKnown = /^Bearer \S/.test(c.req.header('authorization') ?? '')
    if (isKnown) await next()
    else c.res = problem(401, 'Unauthorized', 'missing bearer token')
    c.res.headers.set(PROVENANCE_HEADER, 'derived')
    if (isKnown) for (const [name, value] of Object.entries(limits(clock.now()))) c.res.headers.set(name, value)
  })

  app.get('/v2/pods/:id', (c) => {
    const pod = find(c.req.param('id'))
    return pod === null ? notFound('pod') : c.json(pod.resource(clock.now()))
  })

  app.post('/v2/pods/:id/action', async (c) => {
    const pod = find(c.req.param('id'))
    if (pod === null) return notFound('pod')
    const action = readAction(await c.req.text())
    if (action instanceof Response) return action
    const { status, locked } = pod.resource(clock.now())
    if (!pod.act(action, clock.now())) {
      const why = locked ? 'the pod is locked' : `it is not valid for status ${status}`
      return problem(409, 'Conflict', `action ${action} refused: ${why}`)
    }
    return action === 'terminate' ? c.body(null, 204) : c.json(pod.resource(clock.now()))
  })

  app.get('/v2/catalog/gpus', (c) => c.json(seed.catalog))
  app.get('/v2/catalog/gpus/:id', (c) => {
    const gpu = seed.catalog.gpus.find(({ id }) => id === c.req.param('id'))
    return gpu === undefined ? notFound('GPU type') : c.json(gpu)
  })

  app.notFound((c) => {
    const nearest = 'RunPod REST v2: GET /v2/pods/{id}, POST /v2/pods/{id}/action, GET /v2/catalog/gpus'
    const detail = `no answer to ${c.req.method} ${c.req.path}`
    return problem(501, 'Not Implemented', detail, { headers: { [UNMATCHED_HEADER]: nearest } })
  })
  return { name: 'runpod', http: async (request) => app.fetch(request) }
}

function notFound(what: string): Response {
  return problem(404, 'Not Found', `${what} not found`)
}

const WINDOWS = [
  { name: 'minute', quota: 60, seconds: 60 },
  { name: 'hour', quota: 3000, seconds: 3600 },
  { name: 'day', quota: 50_000, seconds: 86_400 },
] as const

/**
 * Counts requests per window, as the `RateLimit` headers of the API report it; quotas are those of the vendor's example.
 * Nothing is refused: on a dry run's virtual time a limit would say nothing about the real one.
 */
function rateLimit(): (now: number) => Record<string, string> {
  const used = WINDOWS.map(() => ({ window: -1, count: 0 }))
  return (now) => {
    const states = WINDOWS.map(({ name, quota, seconds }, index) => {
      const state = used[index]!
      const window = Math.floor(now / 1000 / seconds)
      state.count = state.window === window ? state.count + 1 : 1
      state.window = window
      const resetsIn = Math.ceil((window + 1) * seconds - now / 1000)
      return `"${name}";r=${Math.max(quota - state.count, 0)};t=${resetsIn}`
    })
    const policies = WINDOWS.map(({ name, quota, seconds }) => `"${name}";q=${quota};w=${seconds}`)
    return { ratelimit: states.join(', '), 'ratelimit-policy': policies.join(', ') }
  }
}

/**
 * The action that a body asks for, or the refusal: 400 for what is no JSON, 422 for what is not a PodActionRequest. The API
 * documents the form of one validation error; the others follow it.
 */
function readAction(text: string): PodAction | Response {
  let body: unknown
  try {
    body = JSON.parse(text)
  } catch {
    return problem(400, 'Bad Request', 'request could not be processed')
  }
  const errors = errorsOf(body)
  if (errors.length > 0) return problem(422, 'Unprocessable Entity', 'Request validation failed.', { errors })
  return podAction.parse((body as { action: unknown }).action)
}

function errorsOf(body: unknown): string[] {
  if (typeOf(body) !== 'object') return [`$: got ${typeOf(body)}, want object`]
  const { action, ...others } = body as Record<string, unknown>
  const names = Object.keys(others).map((name) => `'${name}'`)
  return [
    ...(names.length > 0 ? [`$: additional properties ${names.join(', ')} not allowed`] : []),
    ...actionErrors(action),
  ]
}

function actionErrors(action: unknown): string[] {
  if (action === undefined) return ["$: missing property 'action'"]
  if (typeof action !== 'string') return [`$.action: got ${typeOf(action)}, want string`]
  if (podAction.safeParse(action).success) return []
  return [`$.action: value must be one of ${podAction.options.map((option) => `'${option}'`).join(', ')}`]
}

function typeOf(value: unknown): string {
  if (value === null) return 'null'
  return Array.isArray(value) ? 'array' : typeof value
}

/** An error of the v2 API: `application/problem+json` (RFC 9457). `errors` are what a validation found. */
function problem(
  status: number,
  title: string,
  detail: string,
  { headers = {}, errors }: { headers?: Record<string, string>; errors?: readonly string[] } = {},
): Response {
  return Response.json(
    { title, status, detail, ...(errors && { errors }) },
    { status, headers: { 'content-type': 'application/problem+json', ...headers } },
  )
}
