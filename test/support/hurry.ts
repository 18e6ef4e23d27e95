import { onTestFinished } from 'vitest'
import { realPace } from '../../src/clients/real-pace.ts'
import { retries } from '../../src/domain/retry-policy.ts'
import { rehearsalPace } from '../../src/run/rehearsal-pace.ts'
import { virtualClock } from '../../src/simulators/virtual-clock.ts'

/** Milliseconds. */
const LONGEST = 20

/** What is tried again of ComfyUI is tried again at once, until the test ends. Google's library takes its pauses when it is loaded. */
export function hurry(): void {
  const { storage: _itsOwn, ...ours } = retries
  for (const policy of Object.values(ours)) {
    const { firstPause, longestPause } = policy
    Object.assign(policy, { firstPause: Math.min(firstPause, LONGEST), longestPause: LONGEST })
    onTestFinished(() => void Object.assign(policy, { firstPause, longestPause }))
  }
}

/** Live runs wait as a rehearsal of faults does, until the test ends: minutes cost milliseconds. */
export function rehearsedPace(): void {
  const real = { ...realPace }
  Object.assign(realPace, rehearsalPace(virtualClock(Date.now(), 0), 0))
  onTestFinished(() => void Object.assign(realPace, real))
}
