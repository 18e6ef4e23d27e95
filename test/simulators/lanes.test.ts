import { setImmediate } from 'node:timers/promises'
import { expect, it } from 'vitest'
import { virtualClock } from '../../src/simulators/virtual-clock.ts'

/** What takes no time on the clock, and turns of the event loop. */
async function work(turns = 20): Promise<void> {
  for (let turn = 0; turn < turns; turn += 1) await setImmediate()
}

it('lets no time go by in one lane while something is done in another', async () => {
  using clock = virtualClock(0, 0)
  const [first, second] = [clock.lane(), clock.lane()]
  const done: string[] = []
  const film = async (lane: typeof first, name: string, jobs: readonly number[]) => {
    lane.enter()
    for (const ms of jobs) {
      await work()
      await lane.sleep(ms)
      done.push(`${name} at ${clock.now()}`)
    }
    lane.leave()
  }
  await Promise.all([film(first, 'otter', [30, 30]), film(second, 'heron', [20, 20, 20])])
  expect(done).toEqual(['heron at 20', 'otter at 30', 'heron at 40', 'otter at 60', 'heron at 60'])
})

it('lets time go by for a lane that works no more', async () => {
  using clock = virtualClock(0, 0)
  const [first, second] = [clock.lane(), clock.lane()]
  first.enter()
  second.enter()
  const slept = second.sleep(10)
  await work()
  expect(clock.now()).toBe(0)
  first.leave()
  await slept
  expect(clock.now()).toBe(10)
})

it('lets time go by for what belongs to no lane', async () => {
  using clock = virtualClock(0, 0)
  const lane = clock.lane()
  lane.enter()
  await clock.sleep(10)
  expect(clock.now()).toBe(10)
})
