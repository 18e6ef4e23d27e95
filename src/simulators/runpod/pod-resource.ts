import * as z from 'zod'

/** https://api.runpod.io/v2/openapi.json, schema PodStatus. */
export const podStatus = z.enum(['PROVISIONING', 'STARTING', 'RUNNING', 'EXITED', 'ERROR', 'TERMINATED'])
export type PodStatus = z.infer<typeof podStatus>

export const podAction = z.enum(['start', 'stop', 'restart', 'terminate'])
export type PodAction = z.infer<typeof podAction>

/** Which actions a status allows; published in every pod as `actions`. */
export const actionsOf: Readonly<Record<PodStatus, readonly PodAction[]>> = {
  PROVISIONING: ['stop', 'terminate'],
  STARTING: ['stop', 'terminate'],
  RUNNING: ['stop', 'restart', 'terminate'],
  EXITED: ['start', 'terminate'],
  ERROR: ['start', 'terminate'],
  TERMINATED: [],
}

/** The pod resource, as far as the simulator changes it; everything else of it is carried along. */
export const podResource = z.looseObject({
  id: z.string(),
  name: z.string(),
  status: podStatus,
  actions: z.array(podAction),
  /** USD per hour. */
  cost: z.number(),
  locked: z.boolean(),
  /** null unless RUNNING; `uptime` in seconds. */
  runtime: z.looseObject({ uptime: z.number() }).nullable(),
  createdAt: z.string(),
  startedAt: z.string().nullable(),
})
export type PodResource = z.infer<typeof podResource>
