import { type Context, Hono } from 'hono'
import { type Clock, PROVENANCE_HEADER, type SimulatedService } from '../simulator.ts'
import { type GpuView, gpuView } from './gpu-catalogue.ts'
import { type PodAction, PodModel, podAction, type RunpodSeed } from './pod-model.ts'
import { notFound, notSimulated, problem, unprocessable } from './problem.ts'
import { inWords, type RunpodCall, runpodCalls, runpodKnown } from './runpod-calls.ts'

export interface RunpodSimulatorOptions {
  readonly clock: Clock
  readonly seed: RunpodSeed
  /**
   * The pods that exist. Without it every id does, as a copy of the recording's pod: a dry run is made with the user's own
   * pod id, which no recording can know.
   */
  readonly pods?: readonly string[] | undefined
}

/** RunPod's REST API v2, `https://api.runpod.io/v2`: pods to look at, stop, start and terminate, and the GPU catalogue. */
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
    // The name of a scheme is the same in any case (RFC 9110 §11.1).
    const isKnown = /^Bearer +\S/i.test(c.req.header('authorization') ?? '')
    if (isKnown) await next()
    else c.res = problem(401, 'Unauthorized', 'missing bearer token')
    if (!c.res.headers.has(PROVENANCE_HEADER)) c.res.headers.set(PROVENANCE_HEADER, 'derived')
    if (isKnown) for (const [name, value] of Object.entries(limits(clock.now()))) c.res.headers.set(name, value)
  })

  const answers: Record<keyof typeof runpodCalls, (c: Context) => Response | Promise<Response>> = {
    listPods(c) {
      const asked = c.req.query('includeClusterPods') ?? 'false'
      // No pod here belongs to a cluster.
      if (asked !== 'true' && asked !== 'false')
        return unprocessable(['$.includeClusterPods: got string, want boolean'])
      // Of any id that could be asked for only those that were, else the recorded one.
      const ids = existing ?? (pods.size > 0 ? [...pods.keys()] : [seed.pod.id])
      return c.json({ pods: ids.map((id) => find(id)!.resource(clock.now())) })
    },

    getPod(c) {
      const pod = find(c.req.param('id')!)
      return pod === null ? notFound('pod') : c.json(pod.resource(clock.now()))
    },

    async act(c) {
      const pod = find(c.req.param('id')!)
      if (pod === null) return notFound('pod')
      const action = readAction(await c.req.text())
      if (action instanceof Response) return action
      const { status, locked } = pod.resource(clock.now())
      if (!pod.act(action, clock.now())) {
        const why = locked ? 'the pod is locked' : `it is not valid for status ${status}`
        return problem(409, 'Conflict', `action ${action} refused: ${why}`)
      }
      return action === 'terminate' ? c.body(null, 204) : c.json(pod.resource(clock.now()))
    },

    listGpus(c) {
      return shown(c, (show) => ({ gpus: seed.catalog.gpus.map(show) }))
    },

    getGpu(c) {
      const gpu = seed.catalog.gpus.find(({ id }) => id === c.req.param('id'))
      return gpu === undefined ? notFound('GPU type') : shown(c, (show) => show(gpu))
    },
  }

  const shown = (c: Context, answer: (show: GpuView['show']) => object): Response => {
    const view = gpuView(new URL(c.req.url).searchParams, seed)
    if (view instanceof Response) return view
    return c.json(answer(view.show), 200, view.isSynthetic ? { [PROVENANCE_HEADER]: 'synthetic' } : {})
  }

  for (const [name, call] of Object.entries(runpodCalls)) {
    app.on(call.method, call.path, (c) => unknownParameter(c, call) ?? answers[name as keyof typeof runpodCalls](c))
  }
  app.notFound((c) => notSimulated(`${c.req.method} ${c.req.path}`, runpodKnown))
  return { name: 'runpod', http: async (request) => app.fetch(request) }
}

function unknownParameter({ req }: Context, call: RunpodCall): Response | null {
  const { searchParams } = new URL(req.url)
  const other = [...searchParams.keys()].find(
    (name) => !call.parameters.includes(name) || searchParams.getAll(name).length > 1,
  )
  return other === undefined ? null : notSimulated(`the parameter ${other} of ${req.method} ${req.path}`, inWords(call))
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
  if (errors.length > 0) return unprocessable(errors)
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
