/** A film of a run on several servers. */
export interface ScheduledFilm {
  readonly name: string
  /** Where it is: with a server, at its end, or with nobody yet. */
  readonly state: 'waiting' | 'over' | { readonly on: string }
  /** The server that has files of it; null: none has. */
  readonly home: string | null
  /** A prompt of it may wait or run at its home: elsewhere it would be paid for twice. */
  readonly isBound: boolean
  /** Servers that cannot take it, or gave it back. */
  readonly not: readonly string[]
}

/** Who has what, in a run whose films are pulled by its servers. */
export interface Schedule {
  /** In the order in which they are begun. */
  readonly films: readonly ScheduledFilm[]
  readonly servers: ReadonlyArray<{ readonly name: string; readonly isOut: boolean }>
  /** So many films are under way at a time. */
  readonly parallel: number
  /** No further film is begun. */
  readonly isClosed: boolean
}

/** What happens in such a run. */
export type ScheduleEvent =
  /** It is done, or has failed for a reason that every server would find. */
  | { readonly kind: 'ended'; readonly film: string }
  /** The server that had it could not go on with it. */
  | { readonly kind: 'given-back'; readonly film: string }
  /** The server takes no film any more. */
  | { readonly kind: 'left'; readonly server: string }
  | { readonly kind: 'closed' }

/** A film that a server is to begin. */
export interface Assignment {
  readonly film: string
  readonly server: string
}

/** A film as it stands before a run. */
export function waitingFilm(
  name: string,
  { home = null, isBound = false, not = [] }: Partial<Omit<ScheduledFilm, 'name' | 'state'>> = {},
): ScheduledFilm {
  return { name, state: 'waiting', home, isBound, not }
}

/** The schedule after one more event. What does not fit to it changes nothing. */
export function afterEvent(schedule: Schedule, event: ScheduleEvent): Schedule {
  switch (event.kind) {
    case 'ended':
      return withFilm(schedule, event.film, (film) => ({ ...film, state: 'over' }))
    case 'given-back':
      return withFilm(schedule, event.film, (film, on) => ({
        ...film,
        state: 'waiting',
        isBound: false,
        not: [...film.not, on],
      }))
    case 'left': {
      const out = (server: Schedule['servers'][number]) =>
        server.name === event.server ? { ...server, isOut: true } : server
      return { ...schedule, servers: schedule.servers.map(out) }
    }
    case 'closed':
      return { ...schedule, isClosed: true }
    default:
      return event satisfies never
  }
}

/**
 * Gives every free server a film, as long as there are films that it may take and not too many are under way: first one that it has files
 * of, then the first that nobody has, then one that has to be brought there from a server that is busy.
 */
export function assign(schedule: Schedule): { readonly schedule: Schedule; readonly assigned: readonly Assignment[] } {
  const assigned: Assignment[] = []
  let now = schedule
  for (const wish of [ownFilm, freeFilm, othersFilm]) {
    for (const { name: server } of now.servers) {
      const film = isFree(now, server) ? wish(now, server) : undefined
      if (!film || now.isClosed || underWay(now) >= now.parallel) continue
      assigned.push({ film: film.name, server })
      const films = now.films.map((each) => (each === film ? { ...each, state: { on: server }, home: server } : each))
      now = { ...now, films }
    }
  }
  return { schedule: now, assigned }
}

/** Films that wait and that no server of the run may take any more. */
export function stranded(schedule: Schedule): readonly string[] {
  const left = schedule.servers.filter(({ isOut }) => !isOut).map(({ name }) => name)
  return schedule.films
    .filter(({ state, not }) => state === 'waiting' && left.every((server) => not.includes(server)))
    .map(({ name }) => name)
}

const underWay = ({ films }: Schedule) => films.filter(({ state }) => typeof state === 'object').length

function isFree({ films, servers }: Schedule, name: string): boolean {
  const isThere = servers.some((server) => server.name === name && !server.isOut)
  return isThere && !films.some(({ state }) => typeof state === 'object' && state.on === name)
}

type Wish = (schedule: Schedule, server: string) => ScheduledFilm | undefined

const may = ({ state, not }: ScheduledFilm, server: string) => state === 'waiting' && !not.includes(server)

const ownFilm: Wish = ({ films }, server) => films.find((film) => film.home === server && may(film, server))

const freeFilm: Wish = (schedule, server) =>
  schedule.films.find((film) => homeOf(schedule, film) === null && may(film, server))

const othersFilm: Wish = (schedule, server) =>
  schedule.films.find((film) => {
    const home = homeOf(schedule, film)
    return home !== null && home !== server && !film.isBound && !isFree(schedule, home) && may(film, server)
  })

/** The home of a film, as long as it may go on there. */
function homeOf({ servers }: Schedule, { home, not }: ScheduledFilm): string | null {
  const isThere = servers.some(({ name, isOut }) => name === home && !isOut)
  return home !== null && isThere && !not.includes(home) ? home : null
}

function withFilm(
  schedule: Schedule,
  name: string,
  change: (film: ScheduledFilm, on: string) => ScheduledFilm,
): Schedule {
  const films = schedule.films.map((film) =>
    film.name === name && typeof film.state === 'object' ? change(film, film.state.on) : film,
  )
  return { ...schedule, films }
}
