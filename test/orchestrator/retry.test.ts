import { expect, it } from 'vitest'
import { realPace } from '../../src/clients/real-pace.ts'
import { runRetries } from '../../src/domain/retry-policy.ts'
import type { RunEvent } from '../../src/domain/run-event.ts'
import { PromptRunnerError } from '../../src/errors.ts'
import { retryUnreachable } from '../../src/orchestrator/retry.ts'
import type { RunContext } from '../../src/orchestrator/run-context.ts'

/** Work that is refused once with such a Retry-After, by a server that answers other questions. */
async function refusedOnce(retryAfter: number) {
  const pauses: number[] = []
  const said: unknown[] = []
  let tries = 0
  const context = {
    clients: {
      comfyui: { queueRemaining: async () => 0 },
      pace: { ...realPace, pause: async (ms: number) => void pauses.push(ms) },
    },
    options: { maxRetries: 3 },
    retries: { ...runRetries, patience: 120_000 },
    now: () => 0,
    emit: (event: RunEvent) => said.push(event.kind === 'server-away' ? [event.waited, event.patience] : event.kind),
    signal: new AbortController().signal,
  } as unknown as RunContext
  const work = async () => {
    tries += 1
    if (tries === 1) throw new PromptRunnerError('PR_COMFY_HTTP', 'ComfyUI answered 429', { retryAfter })
    return 'done'
  }
  const result = await retryUnreachable(context, { video: null, doing: 'asking' }, work).catch(({ message }) => message)
  return { result, pauses, said, tries }
}

it('waits as long as an answer asks for, and says so', async () => {
  expect(await refusedOnce(30_000)).toEqual({
    result: 'done',
    pauses: [250, 30_000],
    said: ['warning', [0, 120_000]],
    tries: 2,
  })
})

it.each([120_001, 30 * 86_400_000, Number.MAX_SAFE_INTEGER])(
  'looks after half of its patience when %i ms are asked for',
  async (asked) => {
    expect(await refusedOnce(asked)).toEqual({
      result: 'done',
      pauses: [250, 60_000],
      said: ['warning', [0, 120_000]],
      tries: 2,
    })
  },
)

it('takes no longer for a pause than a timer can', async () => {
  const abort = new AbortController()
  const waiting = realPace.pause(2 ** 31, abort.signal).then(
    () => 'over',
    () => 'aborted',
  )
  await realPace.pause(20)
  abort.abort()
  expect(await waiting).toBe('aborted')
})
