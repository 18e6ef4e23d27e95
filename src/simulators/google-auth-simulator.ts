import { Hono } from 'hono'
import { PROVENANCE_HEADER, type SimulatedService, UNMATCHED_HEADER } from './simulator.ts'

/** Seconds that Google's access tokens last, less one for the way. */
const EXPIRES_IN = 3599
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
    const refusal = refusalOf(form)
    c.header(PROVENANCE_HEADER, 'derived')
    return refusal === null ? c.json(simulatedToken()) : c.json(refusal, 400)
  })
  app.notFound((c) => {
    c.header(UNMATCHED_HEADER, 'Google token endpoint: POST /token')
    return c.json({ error: 'not_implemented', error_description: `no answer to ${c.req.method} ${c.req.path}` }, 501)
  })
  return { name: 'google-auth', http: async (request) => app.fetch(request) }
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
function simulatedToken(): { access_token: string; expires_in: number; token_type: string } {
  return { access_token: 'simulated-access-token', expires_in: EXPIRES_IN, token_type: 'Bearer' }
}

const PROJECT_ID = 'simulated-project'

/**
 * The metadata server of a Google machine (`metadata.google.internal`, `169.254.169.254`): where Google's library looks for
 * credentials when none are given. Both sides must show `Metadata-Flavor: Google`.
 * https://cloud.google.com/compute/docs/metadata/querying-metadata
 */
export function metadataSimulator(): SimulatedService {
  const app = new Hono()
  app.use(async (c, next) => {
    if (c.req.header('metadata-flavor') === 'Google') await next()
    else c.res = new Response('Missing Metadata-Flavor:Google header.', { status: 403 })
    c.res.headers.set('metadata-flavor', 'Google')
    c.res.headers.set(PROVENANCE_HEADER, 'derived')
  })
  const base = app.basePath('/computeMetadata/v1')
  base.get('/instance', (c) => c.text('id\nname\nservice-accounts/\nzone\n'))
  base.get('/project/project-id', (c) => c.text(PROJECT_ID))
  base.get('/universe/universe-domain', (c) => c.text('googleapis.com'))
  base.get('/instance/service-accounts/default/email', (c) => c.text(`simulated@${PROJECT_ID}.iam.gserviceaccount.com`))
  base.get('/instance/service-accounts/default/token', (c) => c.json(simulatedToken()))
  app.notFound((c) => {
    c.header(UNMATCHED_HEADER, 'metadata server: /computeMetadata/v1/instance/service-accounts/default/token')
    return c.text(`no answer to ${c.req.method} ${c.req.path}`, 501)
  })
  return { name: 'metadata', http: async (request) => app.fetch(request) }
}
