import { setTimeout as wait } from 'node:timers/promises'
import { expect, it } from 'vitest'
import type { ComfyuiClient, HistoryEntry, PromptEvent } from '../../src/clients/clients.ts'
import { realPace } from '../../src/clients/real-pace.ts'
import type { BuiltWorkflow } from '../../src/domain/apply-bindings.ts'
import { promptId } from '../../src/domain/ids.ts'
import { runRetries } from '../../src/domain/retry-policy.ts'
import type { RunEvent } from '../../src/domain/run-event.ts'
import { type ErrorCode, PromptRunnerError } from '../../src/errors.ts'
import { graphDigest } from '../../src/orchestrator/adopt-prompt.ts'
import type { RunContext } from '../../src/orchestrator/run-context.ts'
import { runJob } from '../../src/orchestrator/run-job.ts'
import type { OpenPrompt } from '../../src/state/run-state.ts'
import { planOf } from '../support/plans.ts'
import { unlimited } from '../support/unlimited.ts'

const plan = planOf('otter')
const job = plan.passes[0]!.high
const file = { filename: 'high_00001_.latent', subfolder: '', type: 'output' } as const
const build = (attempt: number): BuiltWorkflow => ({
  graph: { 1: { class_type: 'SaveLatent', inputs: { filename_prefix: `attempt_${attempt}` } } },
  outputs: { latent: '1' },
  modifications: [],
  templateNodes: 1,
})
const entry = (promptId: string): HistoryEntry => ({
  promptId,
  status: 'success',
  files: { 1: [file] },
  outputs: {},
  messages: [],
})

/** Runs the job on a server that has finished `done`, and `ending` when its queue is asked, holds files or not, and whose first connections break off. */
async function run(world: {
  open?: OpenPrompt
  done?: string[]
  ending?: string[]
  holds?: boolean
  breaks?: ErrorCode[]
  told?: PromptEvent[]
  /** What a person answers who is asked; nobody is there when left out. */
  says?: boolean
}) {
  const { open, done = [], ending = [], holds = true, breaks = [], told = [], says = false } = world
  const asked: string[] = []
  const submitted: string[] = []
  const cancelled: string[] = []
  let waited = 0
  const comfyui = {
    submit: async ({ promptId }) => {
      submitted.push(promptId)
      done.push(promptId)
      return { promptId, number: 1 }
    },
    follow: async (promptId, onEvent) => {
      for (const event of told) onEvent(event)
      const code = breaks.shift()
      if (code)
        throw new PromptRunnerError(code, 'it broke off', code === 'PR_COMFY_UNREACHABLE' ? { retryAfter: 0 } : {})
      return entry(promptId)
    },
    history: async (promptId) => (done.includes(promptId) ? entry(promptId) : null),
    queueRemaining: async () => {
      waited += 1
      return 0
    },
    queue: async () => {
      done.push(...ending)
      return { running: [], pending: [] }
    },
    holds: async () => holds,
    deleteQueued: async () => {},
    interrupt: async (promptId) => void cancelled.push(promptId!),
  } satisfies Partial<ComfyuiClient>
  const events: RunEvent[] = []
  const context = {
    runId: 'run',
    runName: 'calm-wren',
    clients: { comfyui, pace: { ...realPace, pause: async () => {} } },
    workflowsBefore: new Map(),
    options: { maxRetries: 3 },
    retries: runRetries,
    spending: unlimited,
    now: () => 0,
    emit: (event: RunEvent) => events.push(event),
    signal: new AbortController().signal,
    closing: new AbortController().signal,
    async ask(question: string) {
      asked.push(question)
      return says
    },
    atLeave: () => {},
  } as unknown as RunContext
  const { promptId } = await runJob(
    context,
    { plan, job, attempts: open?.attempt ?? 0, open: open ?? null, named: () => [] },
    build,
  )
  return { promptId, submitted, cancelled, waited, asked, kinds: events.map(({ kind }) => kind) }
}

const idOf = (attempt: number) => promptId('run', job.jobId, attempt)
const left = (attempt: number, graph = graphDigest(build(attempt).graph)) => ({
  promptId: idOf(attempt),
  attempt,
  graph,
})

it('goes on with the same prompt after the connection broke off', async () => {
  const breaks: ErrorCode[] = ['PR_COMFY_UNREACHABLE', 'PR_COMFY_UNREACHABLE']
  const { promptId, submitted, cancelled, waited, kinds } = await run({ breaks })
  expect([submitted, cancelled]).toEqual([[promptId], []])
  expect(waited).toBe(2)
  expect(kinds).toEqual(['job-started', 'job-failed', 'job-adopted', 'job-failed', 'job-adopted', 'job-ended'])
})

it('sends anew what the server has lost', async () => {
  const { submitted, kinds } = await run({ breaks: ['PR_COMFY_LOST'] })
  expect(new Set(submitted).size).toBe(2)
  expect(kinds).toEqual(['job-started', 'job-failed', 'job-started', 'job-ended'])
})

it('stops when the server dies of the same job twice', async () => {
  await expect(run({ breaks: ['PR_COMFY_LOST', 'PR_COMFY_LOST'] })).rejects.toMatchObject({
    code: 'PR_COMFY_LOST',
    message: 'ComfyUI took job 1 twice and knew nothing of it each time afterwards: it seems to die of this job',
    hint: expect.stringContaining('--cache-none'),
  })
})

it('does not send again what somebody takes from the queue', async () => {
  const told: PromptEvent[] = [{ kind: 'look', state: 'pending', before: ['another'] }]
  const outcome = run({ breaks: ['PR_COMFY_LOST'], told })
  await expect(outcome).rejects.toMatchObject({ code: 'PR_COMFY_INTERRUPTED' })
  // A socket that closed may mean that the server was started again.
  const closed: PromptEvent = { kind: 'socket', state: 'closed', detail: 'code 1006' }
  expect((await run({ breaks: ['PR_COMFY_LOST'], told: [...told, closed] })).submitted).toHaveLength(2)
})

it('sends again what somebody has taken from the queue when a person at the terminal says so', async () => {
  const told: PromptEvent[] = [{ kind: 'look', state: 'pending', before: ['another'] }]
  const { asked, submitted, kinds } = await run({ breaks: ['PR_COMFY_LOST'], told, says: true })
  expect([submitted.length, kinds]).toEqual([2, ['job-started', 'job-failed', 'job-started', 'job-ended']])
  expect(asked).toEqual([
    `prompt ${idOf(1)} was taken from the queue of ComfyUI before it began, and the server was not started again. Send job 1 again?`,
  ])
})

it('goes on with a job that the server died of twice when a person at the terminal says so', async () => {
  const { asked, submitted } = await run({ breaks: ['PR_COMFY_LOST', 'PR_COMFY_LOST'], says: true })
  expect(submitted).toHaveLength(3)
  expect(asked).toEqual([expect.stringMatching(/^ComfyUI took job 1 twice .*\. Send job 1 again\?$/)])
})

it('takes over what an earlier part of the run sent', async () => {
  expect(await run({ open: left(2), done: [idOf(2)] })).toEqual({
    promptId: idOf(2),
    submitted: [],
    cancelled: [],
    waited: 0,
    asked: [],
    kinds: ['job-adopted', 'job-ended'],
  })
})

it('takes over a prompt that ends between two questions', async () => {
  expect(await run({ open: left(1), ending: [idOf(1)] })).toMatchObject({
    submitted: [],
    kinds: ['job-adopted', 'job-ended'],
  })
})

it.each([
  ['whose files are gone', left(1), [idOf(1)], false, ['job-adopted', 'warning', 'job-started', 'job-ended']],
  ['that the server does not know', left(1), [], true, ['job-started', 'job-ended']],
  ['of another graph', left(1, 'another'), [idOf(1)], true, ['job-started', 'job-ended']],
])('does not take over a prompt %s', async (_, open, done, holds, kinds) => {
  const result = await run({ open, done, holds })
  expect(result.submitted).toEqual([result.promptId])
  expect(result.cancelled).toEqual(open.graph === 'another' ? [open.promptId] : [])
  expect(result.kinds).toEqual(kinds)
})

it('does not send again what somebody interrupts while the run goes on with it', async () => {
  const outcome = run({ breaks: ['PR_COMFY_UNREACHABLE', 'PR_COMFY_INTERRUPTED'] })
  await expect(outcome).rejects.toMatchObject({ code: 'PR_COMFY_INTERRUPTED' })
})

it('sends again what an earlier part of the run has interrupted', async () => {
  const { kinds, submitted } = await run({ open: left(1), done: [idOf(1)], breaks: ['PR_COMFY_INTERRUPTED'] })
  expect([kinds, submitted]).toEqual([['job-adopted', 'warning', 'job-started', 'job-ended'], [idOf(2)]])
})

/** A run that is cancelled while its prompt is sent; the server answers when `answer` says so, and hears of nothing but what it is asked. */
async function cancelledWhileSending(grace: number, answer: (signal: AbortSignal) => Promise<void>) {
  const controller = new AbortController()
  const asked: string[] = []
  const comfyui = {
    submit: async ({ promptId }, signal) => {
      controller.abort(new PromptRunnerError('PR_CANCELLED', 'the run was cancelled by SIGINT'))
      await answer(signal!)
      asked.push('accepted')
      return { promptId, number: 1 }
    },
    follow: async (_id, _onEvent, signal) => {
      signal!.throwIfAborted()
      throw new Error('nobody follows a prompt of a run that was cancelled')
    },
    deleteQueued: async () => void asked.push('deleted'),
    interrupt: async () => void asked.push('interrupted'),
    queue: async () => ({ running: [], pending: [] }),
  } satisfies Partial<ComfyuiClient>
  const context = {
    runId: 'run',
    clients: { comfyui, pace: realPace },
    workflowsBefore: new Map(),
    options: { maxRetries: 3 },
    retries: { ...runRetries, grace },
    spending: unlimited,
    now: () => 0,
    emit: () => {},
    signal: controller.signal,
    closing: new AbortController().signal,
    ask: async () => false,
  } as unknown as RunContext
  await expect(runJob(context, { plan, job, attempts: 0, open: null, named: () => [] }, build)).rejects.toMatchObject({
    code: 'PR_CANCELLED',
  })
  return asked
}

const aborted = (signal: AbortSignal) =>
  new Promise<never>((_, reject) => {
    if (signal.aborted) reject(signal.reason)
    signal.addEventListener('abort', () => reject(signal.reason))
  })

it('waits for the answer to a prompt that is being sent when the run is cancelled, and cancels that prompt', async () => {
  const later = (signal: AbortSignal) => Promise.race([wait(50), aborted(signal)])
  expect(await cancelledWhileSending(60_000, later)).toEqual(['accepted', 'deleted', 'interrupted'])
})

it('waits for it no longer than the grace', async () => {
  expect(await cancelledWhileSending(1, aborted)).toEqual(['deleted', 'interrupted'])
})
