import { expect, it } from 'vitest'
import {
  type Assignment,
  afterEvent,
  assign,
  type Schedule,
  type ScheduleEvent,
  stranded,
  waitingFilm,
} from '../../src/domain/schedule.ts'
import { fc } from '../support/seeded.ts'

const servers = (...names: string[]): Schedule['servers'] => names.map((name) => ({ name, isOut: false }))

function schedule(films: Schedule['films'], more: Partial<Schedule> = {}): Schedule {
  return { films, servers: servers('a', 'b'), parallel: 2, isClosed: false, ...more }
}

const told = (assigned: readonly Assignment[]) => assigned.map(({ film, server }) => `${film} on ${server}`)

/** Plays events and gives what was assigned after each. */
function played(start: Schedule, ...events: readonly ScheduleEvent[]): string[][] {
  let now = assign(start)
  return [
    told(now.assigned),
    ...events.map((event) => {
      now = assign(afterEvent(now.schedule, event))
      return told(now.assigned)
    }),
  ]
}

it('gives the next film to whoever is free', () => {
  const films = ['otter', 'heron', 'wren', 'robin'].map((name) => waitingFilm(name))
  expect(
    played(
      schedule(films),
      { kind: 'ended', film: 'heron' },
      { kind: 'ended', film: 'wren' },
      { kind: 'ended', film: 'otter' },
    ),
  ).toEqual([['otter on a', 'heron on b'], ['wren on b'], ['robin on b'], []])
})

it('gives the film of a server that died to the next that is free', () => {
  const films = ['otter', 'heron', 'wren'].map((name) => waitingFilm(name))
  expect(
    played(
      schedule(films),
      { kind: 'left', server: 'a' },
      { kind: 'given-back', film: 'otter' },
      { kind: 'ended', film: 'heron' },
      { kind: 'ended', film: 'otter' },
    ),
  ).toEqual([['otter on a', 'heron on b'], [], [], ['otter on b'], ['wren on b']])
})

it('lets a server go on with the film that it has files of', () => {
  const films = [waitingFilm('otter'), waitingFilm('heron', { home: 'a' }), waitingFilm('wren')]
  expect(played(schedule(films))).toEqual([['heron on a', 'otter on b']])
})

it('brings a film to another server rather than let that one wait', () => {
  const films = [waitingFilm('otter', { home: 'a' }), waitingFilm('heron', { home: 'a' })]
  expect(played(schedule(films))).toEqual([['otter on a', 'heron on b']])
})

it('leaves a film where a prompt of it may run', () => {
  const films = [waitingFilm('otter', { home: 'a' }), waitingFilm('heron', { home: 'a', isBound: true })]
  expect(played(schedule(films), { kind: 'ended', film: 'otter' })).toEqual([['otter on a'], ['heron on a']])
})

it('takes such a film away from a server that is gone', () => {
  const films = [waitingFilm('heron', { home: 'a', isBound: true })]
  expect(played(schedule(films, { servers: [{ name: 'a', isOut: true }, ...servers('b')] }))).toEqual([['heron on b']])
})

it('begins no more films at a time than it may', () => {
  const films = ['otter', 'heron', 'wren'].map((name) => waitingFilm(name))
  expect(played(schedule(films, { parallel: 1 }), { kind: 'ended', film: 'otter' })).toEqual([
    ['otter on a'],
    ['heron on a'],
  ])
})

it('begins nothing more when it is closed', () => {
  const films = ['otter', 'heron', 'wren'].map((name) => waitingFilm(name))
  expect(played(schedule(films), { kind: 'closed' }, { kind: 'ended', film: 'otter' })).toEqual([
    ['otter on a', 'heron on b'],
    [],
    [],
  ])
})

it('tells of films that no server may take', () => {
  const films = [waitingFilm('otter', { not: ['a', 'b'] }), waitingFilm('heron', { not: ['a'] })]
  expect(stranded(schedule(films))).toEqual(['otter'])
  expect(stranded(afterEvent(schedule(films), { kind: 'left', server: 'b' }))).toEqual(['otter', 'heron'])
})

const NAMES = ['a', 'b', 'c', 'd']

const anySchedule = fc
  .record({
    films: fc.array(
      fc.record({
        home: fc.option(fc.constantFrom(...NAMES, 'gone')),
        isBound: fc.boolean(),
        not: fc.uniqueArray(fc.constantFrom(...NAMES), { maxLength: 2 }),
      }),
      { maxLength: 12 },
    ),
    servers: fc.integer({ min: 1, max: NAMES.length }),
    parallel: fc.integer({ min: 1, max: NAMES.length }),
  })
  .map(
    ({ films, servers: count, parallel }): Schedule => ({
      films: films.map((film, index) => waitingFilm(`film ${index}`, film)),
      servers: servers(...NAMES.slice(0, count)),
      parallel,
      isClosed: false,
    }),
  )

/** What happens next, chosen by a number: to one of the films that are under way, or to any server. */
function nextEvent(now: Schedule, choice: number): ScheduleEvent {
  const running = now.films.filter(({ state }) => typeof state === 'object')
  const film = running[choice % Math.max(1, running.length)]
  const server = now.servers[choice % now.servers.length]!.name
  if (choice % 7 === 0) return { kind: 'left', server }
  if (!film) return { kind: 'left', server }
  return choice % 5 === 0 ? { kind: 'given-back', film: film.name } : { kind: 'ended', film: film.name }
}

it('begins no film twice and loses none, whatever happens in whatever order', () => {
  fc.assert(
    fc.property(anySchedule, fc.infiniteStream(fc.nat()), (start, choices) => {
      const taken = new Map<string, string[]>()
      let now = start
      for (let turn = 0; turn < 200; turn += 1) {
        const { schedule: next, assigned } = assign(now)
        for (const { film, server } of assigned) {
          const before = now.films.find(({ name }) => name === film)!
          expect(before.state).toBe('waiting')
          expect(before.not).not.toContain(server)
          expect(now.servers.find(({ name }) => name === server)!.isOut).toBe(false)
          const home = now.servers.find(({ name, isOut }) => name === before.home && !isOut)
          if (before.isBound && home && !before.not.includes(home.name)) expect(server).toBe(home.name)
          taken.set(film, [...(taken.get(film) ?? []), server])
        }
        const on = next.films.flatMap(({ state }) => (typeof state === 'object' ? [state.on] : []))
        expect(new Set(on).size).toBe(on.length)
        expect(on.length).toBeLessThanOrEqual(next.parallel)
        expect(next.films.map(({ name }) => name)).toEqual(start.films.map(({ name }) => name))
        now = next
        if (on.length === 0) break
        now = afterEvent(now, nextEvent(now, choices.next().value))
      }
      // At the end each film is over, or there is nobody left who may take it.
      const waiting = now.films.filter(({ state }) => state !== 'over').map(({ name }) => name)
      expect(waiting).toEqual(stranded(now))
      // No server was given a film that it had given back.
      for (const all of taken.values()) expect(new Set(all).size).toBe(all.length)
    }),
  )
})

it('leaves no server idle that may take a film, as long as more may be under way', () => {
  fc.assert(
    fc.property(anySchedule, (start) => {
      const { schedule: now } = assign(start)
      const busy = now.films.flatMap(({ state }) => (typeof state === 'object' ? [state.on] : []))
      if (busy.length === now.parallel) return
      for (const { name: server } of now.servers.filter(({ name }) => !busy.includes(name))) {
        const could = now.films.filter(({ state, isBound, not, home }) => {
          const isKept = isBound && home !== null && home !== server && busy.includes(home) && !not.includes(home)
          return state === 'waiting' && !not.includes(server) && !isKept
        })
        expect(could).toEqual([])
      }
    }),
  )
})
