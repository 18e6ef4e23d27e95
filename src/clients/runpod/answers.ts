import type { IncomingHttpHeaders } from 'node:http'
import * as z from 'zod'
import { PromptRunnerError } from '../../errors.ts'
import type { PodHealth, PodInfo } from '../clients.ts'
import { isPassing, pauseAsked } from '../http/errors.ts'

const utilisation = z.object({ util: z.number() })

/** The fields that are needed here. `runtime` is null unless the pod runs, and its parts may be missing. */
const podAnswer = z.object({
  id: z.string(),
  name: z.string(),
  status: z.string(),
  actions: z.array(z.string()),
  cost: z.number(),
  locked: z.boolean(),
  gpu: z.object({ id: z.string(), count: z.number() }).optional(),
  runtime: z
    .object({
      uptime: z.number().optional(),
      gpus: z.array(z.object({ util: z.number(), memoryUtil: z.number() })).optional(),
      cpu: utilisation.optional(),
      memory: utilisation.optional(),
    })
    .nullable(),
})

export type Pod = z.infer<typeof podAnswer>

/** Reads the answer to `GET /v2/pods/{id}`; PR_POD when it is none. */
export function readPod(podId: string, text: string): Pod {
  const result = podAnswer.safeParse(parse(text))
  if (result.success) return result.data
  throw new PromptRunnerError(
    'PR_POD',
    `asking RunPod for pod ${podId} gave no pod: ${z.prettifyError(result.error)}`,
    {
      hint: 'look at the pod in the console; if this stays, RunPod has changed its API',
      cause: result.error,
      retryAfter: 0,
    },
  )
}

/** What a pod is and costs, out of RunPod's answer; the price is in USD per hour. */
export function podInfo({ id, name, status, actions, gpu, cost, locked }: Pod): PodInfo {
  return { id, name, status, actions, gpu: gpu ?? null, costPerHour: cost, locked }
}

/** How busy a pod is, out of RunPod's answer; nothing but the status is known of a pod that does not run. */
export function healthOf({ status, runtime }: Pod): PodHealth {
  return {
    status,
    uptimeSeconds: runtime?.uptime ?? null,
    gpus: runtime?.gpus ?? [],
    cpuUtil: runtime?.cpu?.util ?? null,
    memoryUtil: runtime?.memory?.util ?? null,
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}

/** RFC 9457, as RunPod answers every error. */
const problem = z.object({ title: z.string(), detail: z.string().optional(), errors: z.array(z.string()).optional() })

/** A refusal by the API: `text` is the body, a problem document or whatever a proxy wrote. */
export function podFailure(
  doing: string,
  status: number,
  text: string,
  headers: IncomingHttpHeaders,
): PromptRunnerError {
  const said = sentence(text)
  return new PromptRunnerError('PR_POD', `${doing} was answered with ${status}${said === '' ? '' : `: ${said}`}`, {
    hint: hintFor(status, headers['retry-after']),
    retryAfter: status === 409 || isPassing(status) ? pauseAsked(headers) : null,
  })
}

/** For a pod that itself says it would not be stopped. */
export function stopRefused({ id, status, locked, actions }: Pod): PromptRunnerError {
  const allowed = actions.length === 0 ? 'nothing' : actions.join(', ')
  const why = locked ? 'it is locked' : `its status is ${status}, which allows ${allowed}`
  return new PromptRunnerError('PR_POD', `asking RunPod to stop pod ${id} makes no sense: ${why}`, {
    hint: locked ? 'unlock the pod in the console; it goes on costing money' : 'look at the pod in the console',
  })
}

/** RunPod has said yes, and the pod is as it was. */
export function stopIgnored({ id, status }: Pod): PromptRunnerError {
  return new PromptRunnerError(
    'PR_POD',
    `RunPod took the stop of pod ${id}, and its status is ${status} all the same`,
    {
      hint: 'look at the pod in the console: if it runs, it goes on costing money',
      retryAfter: 0,
    },
  )
}

function sentence(text: string): string {
  let body: unknown
  try {
    body = JSON.parse(text)
  } catch {
    return text.replace(/\s+/g, ' ').trim().slice(0, 300)
  }
  const { data } = problem.safeParse(body)
  if (data === undefined) return JSON.stringify(body).slice(0, 300)
  const { title, detail, errors = [] } = data
  return [title, ...(detail === undefined ? [] : [detail]), ...errors].join('; ')
}

function hintFor(status: number, retryAfter: string | undefined): string {
  switch (status) {
    case 401:
      return 'set RUNPOD_API_KEY'
    case 403:
      return 'the key inside a pod may not be allowed to do this: set RUNPOD_API_KEY to a key of your account'
    case 404:
      return 'check RUNPOD_POD_ID or --pod-id: the account of this key has no such pod'
    case 409:
      return 'the pod has changed its status meanwhile: look at it in the console and try again'
    case 429:
      return retryAfter === undefined ? 'try again in a minute' : `try again in ${retryAfter} seconds`
    default:
      return 'look at the pod in the console: if it runs, it goes on costing money'
  }
}
