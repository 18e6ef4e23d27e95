import type { Graph } from '../../domain/graph.ts'
import { createRedactor } from '../../recording/redact.ts'
import type { Clock, ServiceName, SimulatedService } from '../../simulators/simulator.ts'
import { captureHttp } from './capture-http.ts'
import type { Exchange } from './exchange.ts'
import { type UploadRecord, uploadReader } from './upload-files.ts'

/** A request with its answer; secrets are taken out of the address and of both texts. */
export interface SeenRequest {
  readonly service: ServiceName
  readonly method: string
  readonly url: string
  readonly status: number
  /** null: binary, or longer than 16 MiB. */
  readonly requestText: string | null
  readonly responseText: string | null
}

/** A workflow that was sent to ComfyUI, whether it was accepted or not. */
export interface SeenWorkflow {
  readonly graph: Graph
  /** The id that the client chose; null when it left that to the server. */
  readonly promptId: string | null
  readonly status: number
}

/** What a dry run keeps in its run folder, for tests: in memory, in the order in which exchanges end. */
export interface MemoryCapture {
  wrap(service: SimulatedService): SimulatedService
  readonly requests: readonly SeenRequest[]
  readonly workflows: readonly SeenWorkflow[]
  readonly uploads: readonly UploadRecord[]
}

/** Keeps the traffic of the services it wraps, redacted; `clock` dates the exchanges. */
export function captureInMemory(clock: Pick<Clock, 'now'>): MemoryCapture {
  const redactor = createRedactor()
  const requests: SeenRequest[] = []
  const workflows: SeenWorkflow[] = []
  const uploads: UploadRecord[] = []
  const readUpload = uploadReader(redactor, (record) => uploads.push(record))
  const keep = (exchange: Exchange) => {
    const { service, method, url, status, requestBody, responseBody } = exchange
    const texts = { requestText: requestBody.text, responseText: responseBody.text }
    requests.push({ service, method, url: redactor.url(url.href), status, ...texts })
    const workflow = workflowIn(exchange)
    if (workflow) workflows.push(workflow)
    readUpload(exchange)
  }
  const options = { now: clock.now, keep, keepUploads: false, spool: { folder: null, redactor } }
  return { wrap: (service) => ({ ...service, http: captureHttp(service, options) }), requests, workflows, uploads }
}

function workflowIn({ service, method, url, status, requestBody }: Exchange): SeenWorkflow | null {
  if (service !== 'comfyui' || method !== 'POST' || !/\/prompt$/.test(url.pathname)) return null
  try {
    const { prompt, prompt_id: promptId = null } = JSON.parse(requestBody.text ?? '')
    return prompt === undefined ? null : { graph: prompt, promptId, status }
  } catch {
    return null
  }
}
