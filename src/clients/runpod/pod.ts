import * as z from 'zod'
import { PromptRunnerError } from '../../errors.ts'
import type { PodHealth, PodInfo } from '../clients.ts'

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
