import { expect, it } from 'vitest'
import type { PromptEvent } from '../../src/clients/clients.ts'
import type { RunEvent } from '../../src/domain/run-event.ts'
import type { RunContext } from '../../src/orchestrator/run-context.ts'
import { watchSilence } from '../../src/orchestrator/silence.ts'

/** Tells of a prompt what `seen` says, each after so many seconds. Gives what is said, and when. */
function watch(seen: ReadonlyArray<readonly [seconds: number, event: PromptEvent]>, jobTimeout: number | null = null) {
  let now = 0
  const said: string[] = []
  const emit = (event: RunEvent) => event.kind === 'warning' && said.push(`${now / 1_000}: ${event.message}`)
  const context = { options: { jobTimeout }, now: () => now, emit } as unknown as RunContext
  const silence = watchSilence(context, { video: 'otter', workflow: 3 })
  for (const [seconds, event] of seen) {
    now += seconds * 1_000
    if (!silence.signal.aborted) silence.see(event)
  }
  return { said, reason: silence.signal.reason as unknown }
}

type Look = Extract<PromptEvent, { kind: 'look' }>
const running: Look = { kind: 'look', state: 'running', before: [] }
const behind = (...before: string[]): Look => ({ kind: 'look', state: 'pending', before })
const step = (value: number): PromptEvent => ({ kind: 'progress', node: '7', value, max: 4 })
const looks = (count: number, event = running) => Array.from({ length: count }, () => [5, event] as const)

it('says what a job waits behind, and more and more rarely', () => {
  expect(watch(looks(120, behind('a', 'b'))).said).toEqual([
    '65: job 3 has not moved for 01:00: it waits behind 2, the first of them a',
    '125: job 3 has not moved for 02:00: it waits behind 2, the first of them a',
    '245: job 3 has not moved for 04:00: it waits behind 2, the first of them a',
    '485: job 3 has not moved for 08:00: it waits behind 2, the first of them a',
  ])
})

it('judges a step by those before it', () => {
  const slow = [[40, step(1)], [40, step(2)], ...looks(39)] as const
  expect(watch(slow).said).toEqual([])
  expect(watch([...slow, ...looks(2)]).said).toEqual([
    '280: job 3 has not moved for 03:20: node 7 is at 2 of 4 (a step took 00:40 at most)',
  ])
})

it('has patience with models that load and with what follows the last step', () => {
  expect(watch(looks(59)).said).toEqual([])
  expect(watch([...looks(61)]).said).toEqual(['300: job 3 has not moved for 05:00: nothing of it has started'])
  expect(watch([[1, step(4)], ...looks(119)]).said).toEqual([])
})

it('ends a job that has not moved for as long as the user allows', () => {
  const { reason } = watch([[40, step(1)], ...looks(480)], 2_400_000)
  expect(reason).toMatchObject({
    code: 'PR_JOB_TIMEOUT',
    message: 'Job 3 has not moved for 40:00, longer than --job-timeout allows: node 7 is at 1 of 4',
  })
  expect(watch([[40, step(1)], ...looks(479), [5, step(2)], ...looks(10)], 2_400_000).reason).toBeUndefined()
})
