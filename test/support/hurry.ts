import { onTestFinished } from 'vitest'
import { retries } from '../../src/domain/retry-policy.ts'

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
