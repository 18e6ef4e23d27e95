import * as z from 'zod'
import { PromptRunnerError } from '../../errors.ts'
import type { Pod } from './pod.ts'

/** RFC 9457, as RunPod answers every error. */
const problem = z.object({ title: z.string(), detail: z.string().optional(), errors: z.array(z.string()).optional() })

/** A refusal by the API: `text` is the body, a problem document or whatever a proxy wrote. */
export function podFailure(
  doing: string,
  status: number,
  text: string,
  retryAfter: string | undefined,
): PromptRunnerError {
  const said = sentence(text)
  return new PromptRunnerError('PR_POD', `${doing} was answered with ${status}${said === '' ? '' : `: ${said}`}`, {
    hint: hintFor(status, retryAfter),
  })
}

/** An action that the pod itself says it would not take. */
export function actionRefused(action: string, { id, status, locked, actions }: Pod): PromptRunnerError {
  const allowed = actions.length === 0 ? 'nothing' : actions.join(', ')
  const why = locked ? 'it is locked' : `its status is ${status}, which allows ${allowed}`
  return new PromptRunnerError('PR_POD', `asking RunPod to ${action} pod ${id} makes no sense: ${why}`, {
    hint: locked ? 'unlock the pod in the console; it goes on costing money' : 'look at the pod in the console',
  })
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
