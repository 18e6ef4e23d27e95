import { expect, it } from 'vitest'
import { PromptRunnerError } from '../../src/errors.ts'
import { awaitAnswer, retryUnreachable, waitForServer } from '../../src/orchestrator/retry.ts'
import type { RunContext } from '../../src/orchestrator/run-context.ts'
import { failure } from '../support/failure.ts'
import { broken, contextOf, otter } from './small-run.ts'
import { type SmallWorld, smallWorld } from './small-world.ts'

const server = { attempts: Number.POSITIVE_INFINITY, firstPause: 100, growth: 2, longestPause: 400 } as const

/** A run with a second of patience, whose server fails to answer with each of `answers` in turn. */
function waiting(...answers: Array<number | null | Error>): { world: SmallWorld; context: RunContext } {
  const world = smallWorld()
  world.fault = (asked) => {
    if (asked !== 'queue length' || answers.length === 0) return
    const answer = answers.shift()!
    if (answer !== null) throw answer instanceof Error ? answer : broken('PR_COMFY_UNREACHABLE', answer)
  }
  const context = contextOf(world, [otter])
  return { world, context: { ...context, retries: { ...context.retries, server, patience: 1_000 } } }
}

it.each<[string, Array<number | null | Error>, number, boolean, string]>([
  ['answers at once', [null], 0, true, 'look'],
  ['answers at the third look', [0, 0], 0, true, 'look, 0, 100, look, 100, 200, look'],
  ['asks for more', [500], 0, true, 'look, 0, 500, look'],
  ['has asked for a pause', [], 300, true, '0, 300, look'],
  ['has asked for all that there is', [], 1_000, true, '0, 500, look'],
  ['has asked for more than there is', [0], 5_000, true, '0, 500, look, 500, 100, look'],
  ['never answers', [0, 0, 0, 0, 0, 0], 0, false, 'look, 0, 100, look, 100, 200, look, 300, 400, look, 700, 300'],
  ['breaks in ways of its own', [new Error('what?')], 0, true, 'look, 0, 100, look'],
  ['has no opinion on when', [broken('PR_COMFY_HTTP')], 0, true, 'look, 0, 100, look'],
])('waits for a server that %s', async (_, answers, asked, isBack, story) => {
  const { world, context } = waiting(...answers)
  expect(await awaitAnswer(context, (waited) => world.log.push(`${waited}`), asked)).toBe(isBack)
  expect(world.log.map((line) => line.replace('→ queue length', 'look').replace('→ pause ', '')).join(', ')).toBe(story)
})

it('waits no longer than it is let', async () => {
  const { world, context } = waiting(0, 0, 0)
  const stop = context.clients.pace.pause
  const pause: typeof stop = async (ms, signal) => {
    world.controller.abort(broken('PR_CANCELLED'))
    await stop(ms, signal)
  }
  const stopped = { ...context, clients: { ...context.clients, pace: { ...context.clients.pace, pause } } }
  expect(await failure(() => awaitAnswer(stopped, () => {}))).toMatchObject({ code: 'PR_CANCELLED' })
  expect(world.log).toEqual(['→ queue length', '→ pause 100'])
})

it.each([
  ['is back', [], undefined, ['→ pause 500', 'server-away', '→ pause 70', '→ queue length']],
  [
    'is not',
    [400, 400, 400],
    'it broke',
    [
      ...['→ pause 500', 'server-away', '→ pause 70', '→ queue length', 'server-away', '→ pause 400', '→ queue length'],
      ...['server-away', '→ pause 400', '→ queue length', 'server-away', '→ pause 130'],
    ],
  ],
])('waits twice as long after the second failure, until the server %s', async (_, answers, thrown, log) => {
  const { world, context } = waiting(...answers)
  const error = broken('PR_COMFY_HTTP', 70)
  const outcome = await waitForServer(context, error, 2).catch((caught) => caught)
  expect(outcome).toBe(thrown === undefined ? undefined : error)
  expect(world.log.map((line) => line.split(' {')[0])).toEqual(log)
  const [away] = world.events
  expect(away).toEqual({ kind: 'server-away', at: 1, waited: 0, patience: 1_000 })
})

it.each<[string, Error, number, string]>([
  ['may pass', broken('PR_COMFY_UNREACHABLE', 0), 2, 'it broke'],
  ['will not pass', broken('PR_COMFY_HTTP'), 1, 'it broke'],
  ['is a bug', Object.assign(new Error('a bug'), { retryAfter: 0 }), 1, 'a bug'],
])('does again what fails when that %s', async (_, error, times, message) => {
  const { world, context } = waiting()
  let count = 0
  const outcome = retryUnreachable(context, { video: 'otter', doing: 'asking' }, async () => {
    count += 1
    throw error
  })
  await expect(outcome).rejects.toThrow(message)
  expect(count).toBe(times)
  const warnings = world.events.filter(({ kind }) => kind === 'warning')
  expect(warnings).toEqual(
    times === 1
      ? []
      : [{ kind: 'warning', at: 1, video: 'otter', message: 'it broke (attempt 1 of asking, trying again)' }],
  )
  expect(new PromptRunnerError('PR_FILE', '').retryAfter).toBe(null)
})

it('does nothing again of a run that is cancelled', async () => {
  const { world, context } = waiting()
  world.controller.abort(broken('PR_CANCELLED'))
  let count = 0
  await failure(() =>
    retryUnreachable(context, { video: null, doing: 'asking' }, async () => {
      count += 1
      throw broken('PR_COMFY_UNREACHABLE', 0)
    }),
  )
  expect(count).toBe(1)
})
