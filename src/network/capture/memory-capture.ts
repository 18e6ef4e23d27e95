import type { Graph } from '../../domain/graph.ts'
import { createRedactor } from '../../recording/redact.ts'
import type { Clock, ServiceName, SimulatedService, SocketEnd } from '../../simulators/simulator.ts'
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

/** A socket that was accepted. */
export interface SeenSocket {
  readonly url: string
  /** By which ComfyUI knows whose prompts to tell of; null: it was not given. */
  readonly clientId: string | null
  /** What the client sent, in order; secrets are taken out of texts. */
  readonly sent: ReadonlyArray<string | Uint8Array>
}

/** What a dry run keeps in its run folder, for tests: in memory, in the order in which exchanges end. */
export interface MemoryCapture {
  wrap(service: SimulatedService): SimulatedService
  readonly requests: readonly SeenRequest[]
  readonly workflows: readonly SeenWorkflow[]
  readonly uploads: readonly UploadRecord[]
  readonly sockets: readonly SeenSocket[]
}

/** Keeps the traffic of the services it wraps, redacted; `clock` dates the exchanges. */
export function captureInMemory(clock: Pick<Clock, 'now'>): MemoryCapture {
  const redactor = createRedactor()
  const requests: SeenRequest[] = []
  const workflows: SeenWorkflow[] = []
  const uploads: UploadRecord[] = []
  const sockets: SeenSocket[] = []
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
  const upgrade = (service: SimulatedService) => (request: Request) => {
    const decision = service.upgrade?.(request) ?? null
    if (typeof decision !== 'function') return decision
    return (end: SocketEnd) => {
      const sent: Array<string | Uint8Array> = []
      const clientId = new URL(request.url).searchParams.get('clientId')
      sockets.push({ url: redactor.url(request.url), clientId, sent })
      end.onMessage((data) => sent.push(typeof data === 'string' ? redactor.text(data) : data))
      decision(end)
    }
  }
  const wrap: MemoryCapture['wrap'] = (service) => ({
    ...service,
    http: captureHttp(service, options),
    ...(service.upgrade && { upgrade: upgrade(service) }),
  })
  return { wrap, requests, workflows, uploads, sockets }
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
