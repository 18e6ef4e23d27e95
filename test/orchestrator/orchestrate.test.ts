import { expect, it, vi } from 'vitest'
import { runRetries } from '../../src/domain/retry-policy.ts'
import type { RunEvent } from '../../src/domain/run-event.ts'
import { orchestrate } from '../../src/orchestrator/orchestrate.ts'
import type { RunContext } from '../../src/orchestrator/run-context.ts'
import { planOf } from '../support/plans.ts'
import { unlimited } from '../support/unlimited.ts'

/** A run with --force-shutdown in which `broken` happens at the first video. */
async function run(broken: () => never, close = async () => {}) {
  const events: RunEvent[] = []
  const stop = vi.fn(async () => {})
  const pod = { podId: 'mine', info: async () => ({ id: 'mine', status: 'RUNNING' }), stop }
  const context = {
    clients: {
      storage: { bucket: 'b', prefix: '' },
      comfyui: { connect: async () => {}, close },
      pod: { ...pod, health: async () => ({ gpus: [] }) },
    },
    layout: { folders: [] },
    earlier: null,
    retries: runRetries,
    spending: unlimited,
    options: { upload: true, shutdown: 'force', maxRetries: 0 },
    now: () => 0,
    emit: (event: RunEvent) => (event.kind === 'video-started' ? broken() : events.push(event)),
    signal: new AbortController().signal,
    closing: new AbortController().signal,
    ask: async () => false,
    atLeave: () => {},
    get runName() {
      return 'calm-wren'
    },
  } as unknown as RunContext
  const outcome = await orchestrate(context, [planOf('otter')]).catch((error: unknown) => error)
  return { outcome, stop, pods: events.flatMap((event) => (event.kind === 'pod' ? [event.action] : [])) }
}

const bug = () => {
  throw new TypeError('no luck')
}

it('keeps the pod when there is a bug, and says so', async () => {
  const { outcome, stop, pods } = await run(bug)
  expect(outcome).toEqual(new TypeError('no luck'))
  expect(pods).toEqual(['found', 'kept'])
  expect(stop).not.toHaveBeenCalled()
})

it('looks after the pod when the connections cannot be closed', async () => {
  const { pods } = await run(bug, () => Promise.reject(new Error('stuck')))
  expect(pods).toEqual(['found', 'kept'])
})
