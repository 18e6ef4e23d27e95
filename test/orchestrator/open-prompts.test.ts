import { expect, it } from 'vitest'
import type { Price } from '../../src/domain/price.ts'
import type { RunEvent } from '../../src/domain/run-event.ts'
import { watchPrompts } from '../../src/orchestrator/open-prompts.ts'
import { contextOf, heron, otter, stateAfter } from './small-run.ts'
import { smallWorld } from './small-world.ts'

const at = Date.UTC(2026, 10, 30, 11)
const price: Price = { perHour: 0.79, from: 'given', at }
const sent = (workflow: number, promptId: string, video = 'otter'): RunEvent => ({
  kind: 'job-started',
  at,
  video,
  workflow,
  promptId,
  attempt: 1,
  graph: 'g',
})
const failed = (code: string, more: object = {}): RunEvent => ({
  ...{ kind: 'job-failed', at, video: 'otter', workflow: 1, code, reason: 'it broke', attempt: 1, willRetry: false },
  ...more,
})
const pod = (action: 'found' | 'kept' | 'stopped'): RunEvent => ({
  kind: 'pod',
  at,
  podId: 'mine',
  status: 'RUNNING',
  action,
})
const one =
  'Prompt a of job 1 (high, chunk 1 of otter) may still be waiting or running since 2026-11-30T11:00:00Z (01:05)'
const adopted: RunEvent = {
  kind: 'job-adopted',
  at: at + 5,
  video: 'otter',
  workflow: 1,
  promptId: 'a',
  attempt: 1,
  isDone: false,
}

it.each<[string, RunEvent[], string[], boolean]>([
  ['one that was sent', [sent(1, 'a')], [one], true],
  ['one that was taken over later', [sent(1, 'a'), adopted], [one], true],
  ['the last one of a job', [sent(1, 'z'), sent(1, 'a')], [one], true],
  [
    'those of several jobs',
    [sent(1, 'a'), sent(2, 'b'), sent(1, 'c', 'heron'), sent(1, 'd', 'wren')],
    [
      one,
      one.replace('Prompt a of job 1 (high', 'Prompt b of job 2 (low'),
      one.replace('Prompt a of', 'Prompt c of').replace('otter', 'heron'),
      one.replace('Prompt a of job 1 (high, chunk 1 of otter)', 'Prompt d of job 1 of wren'),
    ],
    true,
  ],
  [
    'none that has ended',
    [sent(1, 'a'), { kind: 'job-ended', at, video: 'otter', workflow: 1, promptId: 'a' }],
    [],
    false,
  ],
  ['none of which ComfyUI says that it failed', [sent(1, 'a'), failed('PR_COMFY_FAILED')], [], false],
  ['none that was cancelled', [sent(1, 'a'), failed('PR_CANCELLED')], [], false],
  ['one that does not obey', [sent(1, 'a'), failed('PR_CANCELLED', { disobeys: true })], [one], true],
  ['one of which nobody says what became of it', [sent(1, 'a'), failed('PR_COMFY_HTTP')], [one], true],
  ['one of another job than what failed', [sent(1, 'a'), failed('PR_COMFY_FAILED', { workflow: 2 })], [one], true],
  ['one of another video than what failed', [sent(1, 'a'), failed('PR_COMFY_FAILED', { video: 'heron' })], [one], true],
  [
    'what it costs',
    [{ kind: 'price', at, price, before: 0 }, sent(1, 'a')],
    [`${one}; that costs $0.79/h (--price)`],
    true,
  ],
  [
    'which of several servers has it, for the price is that of all',
    [
      { kind: 'price', at, price, before: 0 },
      { kind: 'video-placed', at, video: 'otter', server: 'http://b:8188/' },
      sent(1, 'a'),
      sent(1, 'c', 'heron'),
    ],
    [
      `${one.replace('running', 'running on http://b:8188/')}; all servers cost $0.79/h (--price)`,
      `${one.replace('Prompt a of', 'Prompt c of').replace('otter', 'heron')}; that costs $0.79/h (--price)`,
    ],
    true,
  ],
  ['a pod', [pod('found')], ['Pod mine goes on costing'], false],
  [
    'what a pod costs',
    [pod('kept'), { kind: 'price', at, price, before: 0 }],
    ['Pod mine goes on costing $0.79/h (--price)'],
    false,
  ],
  ['no pod that was stopped', [pod('found'), pod('stopped')], [], false],
])('tells of %s', (_, events, left, any) => {
  const world = smallWorld()
  const prompts = watchPrompts(contextOf(world, []), [otter, heron])
  for (const event of events) prompts.emit(event)
  expect(world.events).toEqual(events)
  expect(prompts.left(at + 65_000)).toEqual(left)
  expect(prompts.any()).toBe(any)
})

it('tells of what an earlier part of the run has sent, as long as its plan is the same', () => {
  const world = smallWorld()
  const known = [{ kind: 'video-started', at, video: 'otter', plan: otter, skipped: [] } as RunEvent, sent(1, 'a')]
  const told = (plans: Parameters<typeof watchPrompts>[1], events: readonly RunEvent[]) =>
    watchPrompts({ ...contextOf(world, []), earlier: stateAfter(events) }, plans).left(at)
  expect(told([], known)).toEqual([])
  expect(told([heron], known)).toEqual([])
  // Not of this job: it is cancelled.
  expect(told([otter], known)).toEqual([])
})

it('warns of each, and says how to go on', () => {
  const world = smallWorld()
  const context = contextOf(world, [])
  const prompts = watchPrompts(context, [otter])
  prompts.tell(context)
  expect(world.events).toEqual([])
  prompts.emit(sent(1, 'a'))
  prompts.tell({ ...context, now: () => at + 65_000 })
  prompts.tell({ ...context, now: () => at + 65_000, resumeCommand: null })
  const warning = (message: string) => ({ kind: 'warning', at: at + 65_000, video: null, message })
  const how = 'To go on with it instead of paying for it twice:\n    pr --resume calm-wren'
  expect(world.events.slice(1)).toEqual([warning(one), warning(how), warning(one)])
})
