import { validateHeaderValue } from 'node:http'
import { PromptRunnerError } from '../../errors.ts'
import {
  CAUSE_HEADER,
  FAULT_HEADER,
  PROVENANCE_HEADER,
  type ServiceName,
  type SimulatedService,
  UNMATCHED_HEADER,
} from '../../simulators/simulator.ts'

/** Where answers came from. Services that do not say count under `unknown`. */
export type Provenance = 'recorded' | 'derived' | 'synthetic' | 'unknown' | 'fault'

/** A request that the simulation had no answer to. */
export interface UnmatchedRequest {
  readonly method: string
  readonly url: string
  readonly service: ServiceName
  /** The nearest thing known, as the simulator said it. */
  readonly nearest: string
  /** Why the recording does not answer it. */
  readonly cause: string
  /** What the simulator threw instead of answering. */
  readonly error?: unknown
}

/** What was asked and how it was answered, counted; the marks that say so are taken off before the client sees them. */
export interface Ledger {
  wrap(service: SimulatedService): SimulatedService
  readonly requests: Readonly<Partial<Record<ServiceName, number>>>
  readonly provenance: Readonly<Record<Provenance, number>>
  readonly unmatched: readonly UnmatchedRequest[]
}

/** `clean` takes secrets out of URLs before they are kept. */
export function openLedger(clean: (url: string) => string): Ledger {
  const requests: Partial<Record<ServiceName, number>> = {}
  const provenance: Record<Provenance, number> = { recorded: 0, derived: 0, synthetic: 0, unknown: 0, fault: 0 }
  const unmatched = new Map<string, UnmatchedRequest>()
  type Why = Pick<UnmatchedRequest, 'nearest' | 'cause' | 'error'>
  const note = (service: SimulatedService, request: Request, why: Why) => {
    const url = clean(request.url)
    unmatched.set(`${request.method} ${url}`, { method: request.method, url, service: service.name, ...why })
  }
  const failed = (service: SimulatedService, request: Request, error: unknown) =>
    note(service, request, { nearest: '', cause: 'the simulator failed', error })
  return {
    requests,
    provenance,
    get unmatched() {
      return [...unmatched.values()]
    },
    wrap: (service) => ({
      ...service,
      async http(request) {
        requests[service.name] = (requests[service.name] ?? 0) + 1
        const response = await answered(service, request).catch((error: unknown) => {
          // Whoever went away has no answer, and needs none.
          if (!request.signal.aborted) failed(service, request, error)
          throw error
        })
        const said = take(response, PROVENANCE_HEADER)
        const isFault = take(response, FAULT_HEADER) !== null
        const nearest = take(response, UNMATCHED_HEADER)
        if (nearest === null) provenance[isFault ? 'fault' : provenanceOf(said)] += 1
        else note(service, request, { nearest, cause: take(response, CAUSE_HEADER) ?? 'never recorded' })
        return response
      },
      ...(service.upgrade && {
        upgrade(request) {
          try {
            return service.upgrade!(request)
          } catch (error) {
            failed(service, request, error)
            return new Response(null, { status: 500 })
          }
        },
      }),
    }),
  }
}

/** Fails too for an answer that no server could send, which would only be a 500 to the client. */
async function answered(service: SimulatedService, request: Request): Promise<Response> {
  const response = await service.http(request)
  for (const [name, value] of response.headers) validateHeaderValue(name, value)
  return response
}

/** Where a recording of one's own can add the answer. */
const cures: Partial<Record<ServiceName, string>> = {
  comfyui:
    '; `pr serve --port 8189 --record-to recordings/mine` takes what a live server answers to it into a recording of your own',
}

/** PR_UNMATCHED_REQUEST, with why there is no answer and what comes nearest to one. */
export function unmatchedError(request: UnmatchedRequest): PromptRunnerError {
  const { method, url, nearest, cause, service, error } = request
  if (error !== undefined) return defect(request)
  return new PromptRunnerError(
    'PR_UNMATCHED_REQUEST',
    `${method} ${url}: the simulation has no answer to this request`,
    {
      hint: `${cause}${nearest === '' ? '' : `; the nearest thing known is ${nearest}`}${cures[service] ?? ''}`,
    },
  )
}

function defect({ method, url, service, error }: UnmatchedRequest): PromptRunnerError {
  const known = error instanceof PromptRunnerError
  return new PromptRunnerError(
    'PR_UNMATCHED_REQUEST',
    `${method} ${url}: the simulation of ${service} failed at this request: ${known ? error.message : String(error)}`,
    { hint: known ? error.hint : 'this is a bug in prompt-runner, so what followed proves nothing', cause: error },
  )
}

function take(response: Response, header: string): string | null {
  const value = response.headers.get(header)
  if (value !== null) response.headers.delete(header)
  return value
}

function provenanceOf(said: string | null): Provenance {
  return said === 'recorded' || said === 'derived' || said === 'synthetic' ? said : 'unknown'
}
