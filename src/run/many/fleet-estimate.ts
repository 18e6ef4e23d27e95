import type { ServerSettings } from '../../config/settings-types.ts'
import { type Estimate, estimateOf } from '../../domain/estimate/estimate.ts'
import type { FilmWork } from '../../domain/estimate/film-time.ts'
import { afterEvent, assign, type Schedule, waitingFilm } from '../../domain/schedule.ts'
import type { Estimated } from '../estimate/estimate-films.ts'

/** Servers as an estimate takes them: how fast each is beside the one that was estimated. */
export interface EstimatedFleet {
  readonly servers: ReadonlyArray<Pick<ServerSettings, 'url' | 'speed'>>
  readonly parallel: number | null
}

/** An estimate for one server as one for several that pull the films. Its phases stay those of the work. */
export function estimateForFleet(alone: Estimated, work: FilmWork, fleet: EstimatedFleet): Estimated {
  if ('none' in alone) return alone
  const { estimate } = alone
  const seconds = work.plans.map((plan) => estimateOf({ ...work, plans: [plan] }, estimate.basis).seconds.mid)
  const sum = seconds.reduce((all, one) => all + one, 0)
  const share = sum === 0 ? 1 : lastEnd(seconds, fleet) / sum
  const { low, mid, high } = estimate.seconds
  const basis: Estimate['basis'] = {
    ...estimate.basis,
    name: `${estimate.basis.name}, ${fleet.servers.length} servers`,
  }
  return { estimate: { ...estimate, basis, seconds: { low: low * share, mid: mid * share, high: high * share } } }
}

/** When the last of films ends that take so many seconds at a speed of 1. */
export function lastEnd(seconds: readonly number[], { servers, parallel }: EstimatedFleet): number {
  let schedule: Schedule = {
    films: seconds.map((_, index) => waitingFilm(String(index))),
    servers: servers.map(({ url }) => ({ name: url.href, isOut: false })),
    parallel: parallel ?? servers.length,
    isClosed: false,
  }
  const running: Array<{ film: string; at: number }> = []
  let now = 0
  for (;;) {
    const next = assign(schedule)
    for (const { film, server } of next.assigned) {
      const { speed } = servers.find(({ url }) => url.href === server)!
      running.push({ film, at: now + seconds[Number(film)]! / speed })
    }
    const first = running.toSorted((a, b) => a.at - b.at)[0]
    if (!first) return now
    running.splice(running.indexOf(first), 1)
    now = first.at
    schedule = afterEvent(next.schedule, { kind: 'ended', film: first.film })
  }
}
