/** Answers one HTTP request the way the real service would. Never throws for a request it does not know: that is a 501. */
export type Simulator = (request: Request) => Promise<Response>

/** One accepted WebSocket, seen from the service. Text frames are strings, binary frames bytes. */
export interface SocketEnd {
  send(data: string | Uint8Array): void
  close(code?: number, reason?: string): void
  /** Breaks the connection without a close frame; absent where the transport has none to break. */
  terminate?(): void
  onMessage(listener: (data: string | Uint8Array) => void): void
  onClose(listener: (code: number, reason: string) => void): void
  /** Answered by the transport itself; absent where the transport hides pings. */
  onPing?(listener: (data: Uint8Array) => void): void
}

export type ServiceName = 'comfyui' | 'gcs' | 'google-auth' | 'metadata' | 'runpod'

/** A simulated service: HTTP, and for ComfyUI also its socket. */
export interface SimulatedService {
  readonly name: ServiceName
  readonly http: Simulator
  /**
   * Decides on an upgrade: `null` when the service has no socket at this address (a plain answer is then given by `http`),
   * a Response to refuse it, or a function that is called once with the accepted socket.
   */
  readonly upgrade?: (request: Request) => null | Response | ((end: SocketEnd) => void)
}

/**
 * The time of a run. In a dry run it is virtual: `sleep` moves `now` on by the whole duration and waits `duration × speed`
 * of real time (speed 0: it only yields), so stamps are as consistent as a real run's and cost nothing.
 */
export interface Clock {
  /** Epoch milliseconds, whole. */
  now(): number
  sleep(ms: number, signal?: AbortSignal): Promise<void>
}

/** Header that a simulator sets on the 501 for a route that nothing answers; its value names the nearest thing known. */
export const UNMATCHED_HEADER = 'x-pr-unmatched'

/** Beside it, why a recording does not answer: all uses consumed, wrong state, …; without it the request was never recorded. */
export const CAUSE_HEADER = 'x-pr-unmatched-cause'

/** Header of an answer whose body breaks off, with the reason; a server breaks its connection then, and says no more. */
export const CUT_HEADER = 'x-pr-cut'

/** The headers of a 501 for what is not simulated, a route or a part of one; `nearest` is the nearest thing known. */
export function notSimulatedHeaders(nearest: string): Record<string, string> {
  return { [UNMATCHED_HEADER]: nearest, [CAUSE_HEADER]: 'not simulated' }
}

/** Header that says which faults made an answer what it is; like the others it is taken off before the client sees it. */
export const FAULT_HEADER = 'x-pr-fault'

/**
 * Where an answer came from, told by the simulator in this header, taken off before the client sees it, and counted in the
 * summary: `recorded` (verbatim), `derived` (computed by the server's rules from recorded facts), `synthetic` (a default for
 * something no recording has seen).
 */
export const PROVENANCE_HEADER = 'x-pr-provenance'
