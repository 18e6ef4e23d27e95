import * as z from 'zod'
import { isJson } from '../../recording/exact-json.ts'
import type { HarLog } from '../../recording/har.ts'
import { type PodResource, podResource } from './pod-resource.ts'

/** What a recording teaches about RunPod. */
export interface RunpodSeed {
  /** The pod as it was; its id gives way to the one that is asked for. */
  readonly pod: PodResource
  /** The answer of `/v2/catalog/gpus`. */
  readonly catalog: { readonly gpus: ReadonlyArray<{ readonly id: string }> }
}

const catalogAnswer = z.object({ gpus: z.array(z.looseObject({ id: z.string() })) })

/** Reads the answers to `GET /v2/pods/{id}` and `GET /v2/catalog/gpus` in a recording; null when there is no pod in it. */
export function runpodSeed(log: HarLog): RunpodSeed | null {
  const answer = (path: RegExp): unknown => {
    const entry = log.entries.find(
      ({ request, response }) =>
        request.method === 'GET' && response.status === 200 && path.test(new URL(request.url).pathname),
    )
    const text = entry?.response.content.text ?? ''
    return isJson(text) ? JSON.parse(text) : null
  }
  const pod = podResource.safeParse(answer(/^\/v2\/pods\/[^/]+$/))
  if (!pod.success) return null
  return { pod: pod.data, catalog: catalogAnswer.safeParse(answer(/^\/v2\/catalog\/gpus$/)).data ?? { gpus: [] } }
}
