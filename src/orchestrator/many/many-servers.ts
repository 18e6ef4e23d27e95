import { allOf } from '../../domain/all-of.ts'
import type { Plan } from '../../domain/plan.ts'
import { afterEvent, assign, type Schedule, type ScheduleEvent, stranded, waitingFilm } from '../../domain/schedule.ts'
import { PromptRunnerError } from '../../errors.ts'
import type { VideoState } from '../../state/run-state.ts'
import { cancelEarlier, cancelUnplanned } from '../cancel-prompts.ts'
import { connect } from '../connect.ts'
import { placeVideo } from '../place-video.ts'
import { retryUnreachable } from '../retry.ts'
import { type RunContext, warn } from '../run-context.ts'
import { isCancelled, isSpent, notBegun, type RunUnderWay, type ServersOfRun } from '../servers-of-run.ts'
import { isOverrun } from '../spending.ts'
import { type Outcome, renderOn } from './render-on.ts'
import type { RunServer } from './run-server.ts'

/**
 * Several servers, which pull films: whoever is free takes the next one. One that is away for longer than the run has patience gives its
 * film back, and takes no other. At most `parallel` films are under way at a time.
 */
export function manyServers(servers: readonly RunServer[], parallel: number): ServersOfRun {
  const away = new Map<string, PromptRunnerError>()
  const those = () => servers.filter(({ name }) => !away.has(name))
  return {
    async meet(context, plans) {
      await allOf(
        servers.map(async (server) => {
          const own = contextOn(context, server)
          const doing = `connecting to ${server.name}`
          try {
            await retryUnreachable(own, { video: null, doing }, () => connect(own))
            await cancelUnplanned(withEarlierOn(own, server, servers), plans)
          } catch (error) {
            if (!(error instanceof PromptRunnerError) || context.signal.aborted) throw error
            away.set(server.name, error)
          }
        }),
      )
      const [first] = away.values()
      if (first && away.size === servers.length) throw first
      for (const [name, { message }] of away) warn(context, `${name} takes no film: ${message}`)
    },
    async render(context, plans, run) {
      const start = scheduleOf(context, plans, { servers, parallel, away })
      await pull(context, plans, run, { servers, start })
    },
    async cancel(context) {
      for (const server of those()) await cancelEarlier(withEarlierOn(contextOn(context, server), server, servers))
    },
    close: async () => void (await allOf(servers.map(({ clients }) => clients.comfyui.close()))),
  }
}

function scheduleOf(
  { earlier }: RunContext,
  plans: readonly Plan[],
  { servers, parallel, away }: { servers: readonly RunServer[]; parallel: number; away: ReadonlyMap<string, unknown> },
): Schedule {
  const films = plans.map(({ videoName }) => {
    const video = earlier?.videos[videoName]
    const not = servers.filter(({ lacks }) => lacks.has(videoName)).map(({ name }) => name)
    const home = video ? homeOf(video, servers) : null
    return waitingFilm(videoName, { home, isBound: Object.keys(video?.open ?? {}).length > 0, not })
  })
  const all = servers.map(({ name }) => ({ name, isOut: away.has(name) }))
  return { films, servers: all, parallel, isClosed: false }
}

/** What was begun with one server alone names none. */
function homeOf({ server }: VideoState, servers: readonly RunServer[]): string {
  return server ?? servers[0]!.name
}

/** Of what an earlier part of the run left, only what is on this server: another one has no use for it. */
function withEarlierOn(context: RunContext, { name }: RunServer, servers: readonly RunServer[]): RunContext {
  const { earlier } = context
  if (!earlier) return context
  const own = Object.entries(earlier.videos).filter(([, video]) => homeOf(video, servers) === name)
  return { ...context, earlier: { ...earlier, videos: Object.assign(Object.create(null), Object.fromEntries(own)) } }
}

/** Lets the servers pull films until there is none that one of them may take, or the run ends. */
async function pull(
  given: RunContext,
  plans: readonly Plan[],
  run: RunUnderWay,
  { servers, start }: { readonly servers: readonly RunServer[]; readonly start: Schedule },
): Promise<void> {
  const { failures } = run
  /** A bug, or a journal that cannot be written, ends what the others do. */
  const broken = new AbortController()
  const context = { ...given, ask: inTurn(given.ask), signal: AbortSignal.any([given.signal, broken.signal]) }
  const running = new Map<string, Promise<void>>()
  const reasons = new Map<string, PromptRunnerError>()
  let now = start
  const happened = (...events: readonly ScheduleEvent[]) => {
    now = events.reduce(afterEvent, now)
  }
  const settle = ({ events, reason }: Outcome, film: string) => {
    happened(...events)
    if (reason) reasons.set(film, reason)
    // What one server comes to the end of is everybody's.
    if (isCancelled(failures) || isSpent(failures)) happened({ kind: 'closed' })
  }
  try {
    for (;;) {
      if (context.closing.aborted) happened({ kind: 'closed' })
      const { schedule, assigned } = assign(now)
      now = schedule
      for (const { film, server: name } of assigned) {
        const server = servers.find((each) => each.name === name)!
        const plan = plans.find(({ videoName }) => videoName === film)!
        placeVideo(context, film, name)
        const work = renderOn(contextOn(context, server), plan, run, { server, wasGivenBack: reasons.has(film) })
        const ended = work.then((outcome) => settle(outcome, film)).finally(() => running.delete(film))
        running.set(film, ended)
      }
      if (running.size === 0) break
      await Promise.race(running.values())
    }
  } catch (error) {
    broken.abort(error)
    await Promise.allSettled(running.values())
    throw error
  }
  await tellLeft(context, plans, run, { schedule: now, servers, reasons })
}

/** Why what still waits was not rendered: of a run that is over, only that it is. */
async function tellLeft(
  context: RunContext,
  plans: readonly Plan[],
  { attempt, failures }: RunUnderWay,
  left: { schedule: Schedule; servers: readonly RunServer[]; reasons: ReadonlyMap<string, PromptRunnerError> },
): Promise<void> {
  const { schedule, servers, reasons } = left
  const isLeft = schedule.films.some(({ state }) => state === 'waiting')
  if (isLeft && context.closing.aborted && !isCancelled(failures))
    await attempt(null, async () => context.closing.throwIfAborted())
  for (const film of schedule.isClosed ? [] : stranded(schedule)) {
    const reason = reasons.get(film)
    const lacks = [...new Set(servers.flatMap(({ lacks }) => lacks.get(film) ?? []))]
    const why = lacks.length > 0 ? `no server takes it: ${lacks.join('; ')}` : 'no server is left'
    if (reason) await attempt(film, () => Promise.reject(reason))
    else failures.push({ video: film, error: notBegun(why) })
  }
  // Each server has met the same limit.
  const spent = failures.filter(({ error }) => isOverrun(error))
  for (const again of spent.slice(1)) failures.splice(failures.indexOf(again), 1)
  const order = plans.map(({ videoName }) => videoName)
  failures.sort((a, b) => order.indexOf(a.video ?? '') - order.indexOf(b.video ?? ''))
}

/** Whoever is at the terminal is asked one thing at a time. */
function inTurn(ask: RunContext['ask']): RunContext['ask'] {
  let last: Promise<unknown> = Promise.resolve()
  return (question) => {
    const mine = last.then(() => ask(question))
    last = mine.catch(() => {})
    return mine
  }
}

/** What a film is rendered with on one of the servers. Its latents come home, for it may have to go on elsewhere. */
function contextOn(context: RunContext, { name, clients, spending }: RunServer): RunContext {
  const emit: RunContext['emit'] = (event) =>
    context.emit(event.kind === 'server-away' ? { ...event, server: name } : event)
  return { ...context, clients, spending, emit, options: { ...context.options, keepLatents: true } }
}
