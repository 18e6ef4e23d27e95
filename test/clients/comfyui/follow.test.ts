import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import type { HistoryEntry, QueueState } from '../../../src/clients/clients.ts'
import { followPrompt } from '../../../src/clients/comfyui/follow.ts'
import { createMailboxes } from '../../../src/clients/comfyui/mailboxes.ts'
import { realPace } from '../../../src/clients/real-pace.ts'
import { PromptRunnerError } from '../../../src/errors.ts'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

const ENTRY: HistoryEntry = { promptId: 'p', status: 'success', files: {}, outputs: {}, messages: [] }
const QUIET: QueueState = { running: [], pending: [] }

/** Follows prompt `p` on a server whose answers come one by one, the last for ever; keeps the milliseconds of each look. */
function follow(histories: (HistoryEntry | null | Error)[], queue: QueueState = QUIET, connected = true) {
  const looks: number[] = []
  const start = Date.now()
  const mailboxes = createMailboxes(realPace)
  const abort = new AbortController()
  const outcome = followPrompt({
    promptId: 'p',
    mailbox: mailboxes.open('p', connected),
    async history() {
      looks.push(Date.now() - start)
      const answer = histories.length > 1 ? histories.shift() : histories[0]
      if (answer instanceof Error) throw answer
      return answer ?? null
    },
    queue: async () => queue,
    onLook: () => {},
    signal: abort.signal,
  })
  outcome.catch(() => {})
  const stage = (named: 'ending' | 'ended') => mailboxes.deliver({ promptId: 'p', event: null, stage: named })
  return { outcome, looks, mailboxes, abort, stage }
}

const running: QueueState = { running: ['p'], pending: [] }
const unreachable = () =>
  new PromptRunnerError('PR_COMFY_UNREACHABLE', 'GET …: ComfyUI does not answer', { retryAfter: 0 })

it('asks once, when the last message of the prompt has come', async () => {
  const { outcome, looks, stage } = follow([ENTRY])
  await vi.advanceTimersByTimeAsync(3_000)
  stage('ending')
  stage('ended')
  expect(await outcome).toBe(ENTRY)
  expect(looks).toEqual([3_000])
})

it('asks soon when success was announced and nothing follows', async () => {
  const { outcome, looks, stage } = follow([null, null, ENTRY])
  stage('ending')
  await vi.advanceTimersByTimeAsync(60_000)
  expect(await outcome).toBe(ENTRY)
  expect(looks).toEqual([250, 250, 750])
})

it('asks again at growing intervals when the entry is late', async () => {
  const { outcome, looks, stage } = follow([null, null, null, null, null, ENTRY])
  stage('ended')
  await vi.advanceTimersByTimeAsync(60_000)
  expect(await outcome).toBe(ENTRY)
  expect(looks).toEqual([0, 0, 5, 5, 15, 15])
})

it('asks every five seconds when the socket is silent', async () => {
  const { outcome, looks } = follow([null, null, null, ENTRY], running)
  await vi.advanceTimersByTimeAsync(60_000)
  expect(await outcome).toBe(ENTRY)
  expect(looks).toEqual([5_000, 10_000, 15_000, 20_000])
})

it('asks at once without a socket, and when it breaks or comes back', async () => {
  const { outcome, looks, mailboxes } = follow([null, null, ENTRY], running, false)
  await vi.advanceTimersByTimeAsync(1_000)
  mailboxes.socket('closed', 'code 1006')
  await vi.advanceTimersByTimeAsync(1_000)
  mailboxes.socket('reconnecting', 'attempt 1 in 250 ms')
  mailboxes.socket('open', '127.0.0.1')
  expect(await outcome).toBe(ENTRY)
  expect(looks).toEqual([0, 1_000, 2_000])
})

it('gives up a prompt that is neither in the history nor in the queue', async () => {
  const { outcome, looks } = follow([null])
  await vi.advanceTimersByTimeAsync(5_000)
  await expect(outcome).rejects.toMatchObject({
    code: 'PR_COMFY_LOST',
    message: 'prompt p is neither in the history nor in the queue of ComfyUI',
    hint: 'the server was restarted, or somebody deleted the prompt: submit the job again',
  })
  expect(looks).toEqual([5_000, 5_000])
})

it('gives up an announced prompt that never appears', async () => {
  const { outcome, stage } = follow([null])
  stage('ended')
  await vi.advanceTimersByTimeAsync(20_000)
  await expect(outcome).rejects.toMatchObject({ code: 'PR_COMFY_LOST' })
})

it('outlasts a server that does not answer for a while', async () => {
  const { outcome } = follow([unreachable(), unreachable(), unreachable(), unreachable(), unreachable(), ENTRY])
  await vi.advanceTimersByTimeAsync(60_000)
  expect(await outcome).toBe(ENTRY)
})

it('counts only failures in a row', async () => {
  const away = Array.from({ length: 4 }, unreachable)
  const { outcome } = follow([...away, null, ...away, ENTRY], running)
  await vi.advanceTimersByTimeAsync(60_000)
  expect(await outcome).toBe(ENTRY)
})

it('gives up a server that stays away', async () => {
  const { outcome, looks } = follow([unreachable()])
  await vi.advanceTimersByTimeAsync(60_000)
  await expect(outcome).rejects.toMatchObject({ code: 'PR_COMFY_UNREACHABLE' })
  expect(looks).toHaveLength(6)
})

it('leaves a longer pause to who says that it waits', async () => {
  const asked = (retryAfter: number) => new PromptRunnerError('PR_COMFY_HTTP', 'ComfyUI answered 429', { retryAfter })
  const { outcome, looks } = follow([asked(9_000), asked(11_000), ENTRY], running, false)
  await vi.advanceTimersByTimeAsync(60_000)
  await expect(outcome).rejects.toMatchObject({ retryAfter: 11_000 })
  expect(looks).toEqual([0, 9_000])
})

it('stops with the reason of its signal', async () => {
  const { outcome, abort } = follow([ENTRY])
  const reason = new Error('cancelled')
  abort.abort(reason)
  await expect(outcome).rejects.toBe(reason)
})
