import { setTimeout as wait } from 'node:timers/promises'
import { expect, it } from 'vitest'
import type { PodClient } from '../../src/clients/clients.ts'
import { PromptRunnerError } from '../../src/errors.ts'
import { meetPod } from '../../src/orchestrator/pod.ts'
import type { RunContext } from '../../src/orchestrator/run-context.ts'
import { failure } from '../support/failure.ts'

const no = (what: string, ms: number) => async (): Promise<never> => {
  await wait(ms)
  throw new PromptRunnerError('PR_POD', `${what} was answered with 401`, { hint: 'check RUNPOD_API_KEY' })
}

it.each([
  ['status', 0, 20],
  ['health', 20, 0],
])('tells all that cannot be read of a pod, in one order, also when the %s fails first', async (_, info, health) => {
  const pod = { info: no('status of pod mine', info), health: no('health of pod mine', health) } as unknown as PodClient
  const context = { clients: { pod }, signal: new AbortController().signal } as unknown as RunContext
  expect(await failure(() => meetPod(context))).toEqual({
    code: 'PR_POD',
    message: 'status of pod mine was answered with 401; health of pod mine was answered with 401',
    hint: 'check RUNPOD_API_KEY',
  })
})
