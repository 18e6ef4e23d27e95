import { expect, it } from 'vitest'
import { steadyClock } from '../../../src/run/display/steady-clock.ts'

/** A clock that shows `run` when the run's own says so, and what real time has gone by since. */
function shown(share: number, moments: ReadonlyArray<readonly [run: number, real: number]>): number[] {
  let [run, real] = [0, 0]
  const clock = steadyClock(
    () => run,
    share,
    () => real,
  )
  return moments.map((moment) => {
    ;[run, real] = moment
    return clock()
  })
}

it('goes on between the moments of a run, as fast as its time goes by', () => {
  expect(
    shown(0.1, [
      [0, 0],
      [0, 100],
      [0, 200],
      [5_000, 300],
      [5_000, 400],
    ]),
  ).toEqual([0, 1_000, 2_000, 5_000, 6_000])
})

it('never goes back', () => {
  expect(
    shown(1, [
      [0, 0],
      [0, 900],
      [500, 1_000],
      [500, 1_600],
    ]),
  ).toEqual([0, 900, 900, 1_100])
})

it('stands still where no real time is meant', () => {
  expect(
    shown(0, [
      [0, 0],
      [0, 900],
      [500, 1_000],
    ]),
  ).toEqual([0, 0, 500])
})
