import { Hono } from 'hono'
import { notSimulatedHeaders, PROVENANCE_HEADER, type SimulatedService } from './simulator.ts'

/** Seconds that Google's access tokens last, less one for the way. */
const EXPIRES_IN = 3599
/** Grants that Google has besides, for what only a person or another provider can show. */
const OTHER_GRANTS = ['authorization_code', 'urn:ietf:params:oauth:grant-type:device_code']
const JWT_GRANT = 'urn:ietf:params:oauth:grant-type:jwt-bearer'

/**
 * Google's token endpoint, `POST https://oauth2.googleapis.com/token`: the grants of a service account (a signed JWT) and of a
 * user (a refresh token). It checks that a request is well formed; signatures it cannot check, because keys stay with Google.
 * https://developers.google.com/identity/protocols/oauth2/service-account#httprest
 */
export function googleAuthSimulator(): SimulatedService {
  const app = new Hono()
  app.post('/token', async (c) => {
    const form = new URLSearchParams(await c.req.text())
    const unknown = notSimulated(form, new URL(c.req.url).searchParams)
    if (unknown !== null) {
      return unanswered(unknown)
    }
    const refusal = refusalOf(form)
    c.header(PROVENANCE_HEADER, 'derived')
    return refusal === null ? c.json(simulatedToken()) : c.json(refusal, 400)
  })
  app.notFound((c) => {
    return unanswered(`${c.req.method} ${c.req.path}`)
  })
  return { name: 'google-auth', http: async (request) => app.fetch(request) }
}

const FIELDS = ['grant_type', 'assertion', 'refresh_token', 'client_id', 'client_secret', 'scope']
const KNOWN = `Google token endpoint: POST /token with ${FIELDS.join(', ')}, for an access token`

function unanswered(what: string): Response {
  const refusal = { error: 'not_implemented', error_description: `no answer to ${what}` }
  return Response.json(refusal, { status: 501, headers: notSimulatedHeaders(KNOWN) })
}

/** What the endpoint would answer, and this one cannot; null: nothing. */
function notSimulated(form: URLSearchParams, query: URLSearchParams): string | null {
  const grant = form.get('grant_type') ?? ''
  if (OTHER_GRANTS.includes(grant)) return `the grant ${grant}`
  const field = [...form.keys(), ...query.keys()].find((name) => !FIELDS.includes(name) || query.has(name))
  if (field !== undefined) return `the parameter ${field}`
  const claims = decoded(form.get('assertion')?.split('.')[1])
  return claims?.['target_audience'] === undefined ? null : 'the claim target_audience'
}

interface Refusal {
  readonly error: string
  readonly error_description: string
}

function refusalOf(form: URLSearchParams): Refusal | null {
  const grant = form.get('grant_type')
  if (grant === JWT_GRANT) return jwtRefusal(form.get('assertion') ?? '')
  if (grant === 'refresh_token') {
    const missing = ['refresh_token', 'client_id', 'client_secret'].find((field) => !form.get(field))
    return missing === undefined
      ? null
      : { error: 'invalid_request', error_description: `Missing required parameter: ${missing}` }
  }
  return { error: 'unsupported_grant_type', error_description: `Invalid grant_type: ${grant ?? ''}` }
}

/** A JWT of three parts, RS256, for this endpoint, with issuer and scope, that lasts an hour at most. */
function jwtRefusal(assertion: string): Refusal | null {
  const parts = assertion.split('.')
  const header = decoded(parts[0])
  const claims = decoded(parts[1])
  if (parts.length !== 3 || header?.['alg'] !== 'RS256' || claims === null) {
    return { error: 'invalid_grant', error_description: 'Bad Request: the assertion is not a JWT signed with RS256.' }
  }
  const lasts = Number(claims['exp']) - Number(claims['iat'])
  const isGood = claims['iss'] && claims['scope'] && claims['aud'] === 'https://oauth2.googleapis.com/token'
  return isGood && lasts > 0 && lasts <= EXPIRES_IN + 1
    ? null
    : { error: 'invalid_grant', error_description: 'Invalid JWT: check iss, scope, aud, iat and exp.' }
}

function decoded(part = ''): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(Buffer.from(part, 'base64url').toString('utf8'))
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : null
  } catch {
    return null
  }
}

/** The answer with an access token. The token is no secret: it opens nothing. */
export function simulatedToken(): { access_token: string; expires_in: number; token_type: string } {
  return { access_token: 'simulated-access-token', expires_in: EXPIRES_IN, token_type: 'Bearer' }
}
