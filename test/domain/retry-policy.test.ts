import { expect, it } from 'vitest'
import { pauseAfter, type RetryPolicy, retries } from '../../src/domain/retry-policy.ts'

const pauses = (policy: RetryPolicy) =>
  Array.from({ length: 8 }, (_, index) => pauseAfter(policy, index + 1)).filter((pause) => pause !== null)

it('waits longer from try to try, up to a limit, and ends after the last', () => {
  expect(Object.fromEntries(Object.entries(retries).map(([what, policy]) => [what, pauses(policy)]))).toEqual({
    request: [250, 500],
    socket: [250, 500, 1_000, 2_000, 4_000, 8_000, 10_000, 10_000],
    outcome: [5, 10, 20, 40, 80, 160, 320, 640],
    silence: [5_000, 5_000, 5_000, 5_000, 5_000],
    storage: [1_000, 2_000, 4_000],
    upload: [1_000, 2_000, 4_000, 8_000, 16_000, 32_000, 64_000],
    again: [250, 500, 1_000, 2_000, 4_000, 8_000, 16_000, 16_000],
    server: [250, 500, 1_000, 2_000, 4_000, 8_000, 16_000, 16_000],
    pod: [1_000, 2_000, 4_000, 8_000, 16_000],
    cancel: [500, 500],
    obedience: [250, 500, 1_000, 2_000, 4_000],
  })
})
