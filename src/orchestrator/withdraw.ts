import { setTimeout as wait } from 'node:timers/promises'
import { promptId as makePromptId } from '../domain/ids.ts'
import type { Plan } from '../domain/plan.ts'
import { jobsOf } from '../domain/plan.ts'
import type { RunContext } from './run-context.ts'
import { warn } from './warn.ts'

const ATTEMPTS = 3
/** Milliseconds. */
const PAUSE = 500

/**
 * Makes a prompt cost nothing any more: it is taken from the queue, or interrupted when it runs. Tried three times, also by a run that
 * was cancelled; a failure of that is a warning.
 */
export async function withdraw(context: RunContext, promptId: string): Promise<void> {
  const { comfyui } = context.clients
  for (let attempt = 1; ; attempt += 1) {
    try {
      await comfyui.deleteQueued([promptId])
      return await comfyui.interrupt(promptId)
    } catch (error) {
      if (attempt === ATTEMPTS)
        return warn(context, `Prompt ${promptId} may still be running: ${(error as Error).message}`)
      await wait(PAUSE)
    }
  }
}

/**
 * Withdraws what an earlier part of the run left on the server and the present plans would not send: it would run before what they send.
 * A prompt of the same job is dealt with by `runJob`.
 */
export async function withdrawUnplanned(context: RunContext, plans: readonly Plan[]): Promise<void> {
  const planned = new Map<string, string>(
    plans.flatMap((plan) => jobsOf(plan).map((job) => [`${plan.videoName} ${job.workflowNumber}`, job.jobId] as const)),
  )
  for (const { video, workflow, promptId, attempt } of leftOpen(context)) {
    const jobId = planned.get(`${video} ${workflow}`)
    if (jobId === undefined || makePromptId(context.runId, jobId, attempt) !== promptId)
      await withdraw(context, promptId)
  }
}

/** A run that is cancelled before it has come to them leaves none of its earlier prompts behind either. */
export async function withdrawLeft(context: RunContext): Promise<void> {
  for (const { promptId } of leftOpen(context)) await withdraw(context, promptId)
}

function leftOpen({ earlier }: RunContext) {
  return Object.entries(earlier?.videos ?? {}).flatMap(([video, { open }]) =>
    Object.entries(open).map(([workflow, prompt]) => ({ video, workflow, ...prompt })),
  )
}
