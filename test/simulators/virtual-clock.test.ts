import { expect, it } from 'vitest'
import { virtualClock } from '../../src/simulators/virtual-clock.ts'

it('lets time go by only while somebody sleeps, and all of it at once', async () => {
  const clock = virtualClock(1_000.7, 0)
  await clock.sleep(60_000)
  await clock.sleep(0.4)
  expect(clock.now()).toBe(61_000)
})

it('wakes those who sleep at the same time in the order of time', async () => {
  const clock = virtualClock(0, 0)
  const woken: string[] = []
  const sleep = async (name: string, ms: number) => {
    await clock.sleep(ms)
    woken.push(`${name} at ${clock.now()}`)
  }
  await Promise.all([
    sleep('long', 90),
    sleep('short', 10).then(() => sleep('again', 50)),
    sleep('as short', 10),
    sleep('longest', 100),
  ])
  expect(woken).toEqual(['short at 10', 'as short at 10', 'again at 60', 'long at 90', 'longest at 100'])
})

it('spends no time on a sleep that is aborted', async () => {
  const clock = virtualClock(0, 0)
  const abort = new AbortController()
  const sleep = clock.sleep(1_000, abort.signal)
  abort.abort(new Error('enough'))
  await expect(sleep).rejects.toThrow('enough')
  await expect(clock.sleep(5, abort.signal)).rejects.toThrow('enough')
  await clock.sleep(5)
  expect(clock.now()).toBe(5)
})
