import { notSimulatedHeaders } from '../simulator.ts'

/** An error of the v2 API: `application/problem+json` (RFC 9457). `errors` are what a validation found. */
export function problem(
  status: number,
  title: string,
  detail: string,
  { headers = {}, errors }: { headers?: Record<string, string>; errors?: readonly string[] } = {},
): Response {
  return Response.json(
    { title, status, detail, ...(errors && { errors }) },
    { status, headers: { 'content-type': 'application/problem+json', ...headers } },
  )
}

/** 404 for a thing that there is not. */
export function notFound(what: string): Response {
  return problem(404, 'Not Found', `${what} not found`)
}

/** 422 with what is wrong. */
export function unprocessable(errors: readonly string[]): Response {
  return problem(422, 'Unprocessable Entity', 'Request validation failed.', { errors })
}

/** 501 for what is not simulated; the ledger makes a problem of it. */
export function notSimulated(what: string, nearest: string): Response {
  return problem(501, 'Not Implemented', `no answer to ${what}`, { headers: notSimulatedHeaders(nearest) })
}
