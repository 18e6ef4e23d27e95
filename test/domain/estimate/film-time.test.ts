import { expect, it } from 'vitest'
import { readProfiles } from '../../../src/config/read-profiles.ts'
import { type FilmWork, phasesOf, totalOf } from '../../../src/domain/estimate/film-time.ts'
import { planOf } from '../../support/plans.ts'

const { costs } = readProfiles()
const machine = { rates: { linear: 100, attention: 160 }, spread: { low: 0.9, high: 1.2 }, costs }
const film = (frames: number, change: object = {}) => ({ ...planOf('otter', frames), ...change })
const work = (...plans: FilmWork['plans']): FilmWork => ({ plans, vace: true, isToDo: () => true })
const mids = (given: FilmWork) =>
  Object.fromEntries(
    Object.entries(phasesOf(given, machine)).map(([name, span]) => [name, span && Math.round(span.mid * 10) / 10]),
  )

it('guidance doubles the sampling and nothing else', () => {
  const [plain, guided] = [mids(work(film(500))), mids(work(film(500, { cfg: 6 })))]
  expect(guided['sampling']! / plain['sampling']!).toBeCloseTo(2, 3)
  expect({ ...guided, sampling: 0 }).toEqual({ ...plain, sampling: 0 })
})

it('attention grows with the square of the pixels, the rest with the pixels', () => {
  const [small, large] = [{}, { width: 960 }].map((size) => mids(work(film(500, size))))
  expect(large!['sampling']! / small!['sampling']!).toBeGreaterThan(2.8)
  expect(large!['decode']! / small!['decode']!).toBeCloseTo(2, 1)
  expect(large!['load']).toBe(small!['load'])
})

it('jobs that combine take as long as the square of the chunks', () => {
  const [few, many] = [10, 100].map((chunks) => mids(work(film(chunks * 101)))['combine']!)
  expect(many! / few!).toBeGreaterThan(85)
})

it('each model is loaded from the disk once, and from memory whenever the other pass was in between', () => {
  const { coldLoad, warmLoad } = costs
  expect(mids(work(film(101)))['load']).toBe(2 * coldLoad.mid)
  expect(mids(work(film(303), film(101)))['load']).toBe(2 * coldLoad.mid + 6 * warmLoad.mid)
})

it('what is done already takes no time', () => {
  const plan = film(202)
  const rest = { ...work(plan), isToDo: ({ kind }: { kind: string }) => kind === 'combine' }
  const { combine, ...others } = mids(rest)
  expect(combine).toBeGreaterThan(0)
  expect(others).toEqual({ load: 0, text: 0, sampling: 0, decode: 0, transfer: null })
  expect(totalOf(phasesOf({ ...rest, isToDo: () => false }, machine))).toEqual({ low: 0, mid: 0, high: 0 })
})

it('only VACE has a latent frame more for its reference picture', () => {
  const [vace, none] = [true, false].map((vace) => mids({ ...work(film(202)), vace })['sampling']!)
  expect(vace! / none!).toBeGreaterThan(1.22)
})

it('the whole is less unsure than its parts, which do not err together', () => {
  const phases = phasesOf(work(film(500)), machine)
  const { low, mid, high } = totalOf(phases)
  const { transfer: _, ...known } = phases
  const sum = (of: 'low' | 'mid' | 'high') => Object.values(known).reduce((total, span) => total + span[of], 0)
  expect(mid).toBeCloseTo(sum('mid'))
  expect([low > sum('low'), high < sum('high')]).toEqual([true, true])
})
