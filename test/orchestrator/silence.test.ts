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
  expect(watch([[0, { kind: 'started' }], ...looks(61)]).said).toEqual(['300: job 3 has not moved for 05:00: it runs'])
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

it('counts it as a move that a job begins, and says no more what it has waited behind', () => {
  const waited = [...looks(100, behind('a')), [5, running], [0, { kind: 'started' }]] as const
  expect(watch([...waited, ...looks(60)], 600_000)).toEqual({
    said: [
      '65: job 3 has not moved for 01:00: it waits behind 1, the first of them a',
      '125: job 3 has not moved for 02:00: it waits behind 1, the first of them a',
      '245: job 3 has not moved for 04:00: it waits behind 1, the first of them a',
      '485: job 3 has not moved for 08:00: it waits behind 1, the first of them a',
      '805: job 3 has not moved for 05:00: it runs',
    ],
    reason: undefined,
  })
  expect(watch([...waited, ...looks(120)], 600_000).reason).toMatchObject({ code: 'PR_JOB_TIMEOUT' })
})

const blind = 'without the socket of ComfyUI nobody sees whether it moves, and --job-timeout does not count'

it('ends no job that runs unseen, and says so', () => {
  expect(watch([...looks(12, behind('a')), ...looks(241)], 600_000)).toEqual({
    said: [
      `365: job 3 has run for 05:00: ${blind}`,
      `665: job 3 has run for 10:00: ${blind}`,
      `1265: job 3 has run for 20:00: ${blind}`,
    ],
    reason: undefined,
  })
  // Nor one of which the socket has told until it broke.
  const broken = { kind: 'socket', state: 'closed', detail: 'code 1006' } as const
  expect(watch([[0, step(1)], [1, broken], ...looks(200)], 600_000).reason).toBeUndefined()
  expect(watch([[0, step(1)], [1, broken], [9, step(2)], ...looks(120)], 600_000).reason).toMatchObject({
    code: 'PR_JOB_TIMEOUT',
  })
})

it('ends a job that waits for too long, seen or not', () => {
  expect(watch(looks(122, behind('a')), 600_000).reason).toMatchObject({
    message: 'Job 3 has not moved for 10:00, longer than --job-timeout allows: it waits behind 1, the first of them a',
  })
})
