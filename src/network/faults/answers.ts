import { createHash } from 'node:crypto'
import { STATUS_CODES } from 'node:http'
import type { ServiceName } from '../../simulators/simulator.ts'
import type { Action } from './grammar/actions.ts'

type Status = Extract<Action, { kind: 'status' }>

/** Cloudflare's own, which RunPod's proxy gives. https://developers.cloudflare.com/support/troubleshooting/http-status-codes/cloudflare-5xx-errors/ */
const CLOUDFLARE: Readonly<Record<number, string>> = {
  520: 'Web server is returning an unknown error',
  521: 'Web server is down',
  522: 'Connection timed out',
  523: 'Origin is unreachable',
  524: 'A timeout occurred',
  525: 'SSL handshake failed',
  526: 'Invalid SSL certificate',
  530: 'Origin DNS error',
}

/** The answer that a status fault gives: by default a proxy's page before ComfyUI, and JSON from those that speak nothing else. */
export function statusAnswer(service: ServiceName, { status, as, saying, seconds, url }: Status): Response {
  const reason = CLOUDFLARE[status] ?? STATUS_CODES[status] ?? 'Unknown'
  const usual = bodies[as ?? (service === 'comfyui' ? 'html' : 'json')](service, status, reason)
  const body = saying ?? usual.body
  const headers = new Headers(usual.body === null ? {} : { 'content-type': usual.type })
  if (seconds !== null) headers.set('retry-after', String(seconds))
  if (url !== null) headers.set('location', url)
  return new Response([204, 205, 304].includes(status) ? null : body, { status, headers })
}

type Body = (
  service: ServiceName,
  status: number,
  reason: string,
) => { readonly type: string; readonly body: string | null }

const bodies: Readonly<Record<NonNullable<Status['as']>, Body>> = {
  html: (_, status, reason) => ({
    type: 'text/html; charset=UTF-8',
    body: `<!DOCTYPE html>\n<html>\n<head><title>${status}: ${reason}</title></head>\n<body><center><h1>${status} ${reason}</h1></center></body>\n</html>\n`,
  }),
  json: (service, status, reason) => ({
    type: service === 'runpod' ? 'application/problem+json' : 'application/json; charset=UTF-8',
    body: JSON.stringify(refusal(service, status, reason)),
  }),
  text: (_, status, reason) => ({ type: 'text/plain; charset=utf-8', body: `${status}: ${reason}` }),
  nothing: () => ({ type: '', body: null }),
}

/** Reasons of the storage API. https://cloud.google.com/storage/docs/json_api/v1/status-codes */
const REASONS: Readonly<Record<number, string>> = {
  400: 'invalid',
  401: 'authError',
  403: 'forbidden',
  404: 'notFound',
  409: 'conflict',
  410: 'gone',
  412: 'conditionNotMet',
  429: 'rateLimitExceeded',
  500: 'internalError',
  503: 'backendError',
}

function refusal(service: ServiceName, status: number, reason: string): object {
  const message = `Simulated fault: ${reason}`
  if (service === 'runpod') return { title: reason, status, detail: message }
  if (service === 'google-auth')
    return { error: status < 500 ? 'invalid_grant' : 'internal_failure', error_description: message }
  if (service === 'gcs') {
    const error = {
      message,
      domain: status === 429 ? 'usageLimits' : 'global',
      reason: REASONS[status] ?? 'backendError',
    }
    return { error: { code: status, message, errors: [error] } }
  }
  return { error: { type: 'simulated_fault', message, details: '', extra_info: {} }, node_errors: {} }
}

/** Bytes that say nothing, the same for the same seed. */
export function noise(seed: string, length: number): Uint8Array<ArrayBuffer> {
  return new Uint8Array(createHash('shake256', { outputLength: length }).update(seed).digest())
}
