import { expect, it } from 'vitest'
import { googleAuthSimulator } from '../../src/simulators/google-auth-simulator.ts'

const claims = {
  iss: 'robot@project.iam.gserviceaccount.com',
  scope: 'https://www.googleapis.com/auth/devstorage.full_control',
  aud: 'https://oauth2.googleapis.com/token',
  iat: 1_700_000_000,
  exp: 1_700_003_600,
}

it('gives a token to a service account and to a user', async () => {
  const token = { access_token: 'simulated-access-token', expires_in: 3599, token_type: 'Bearer' }
  expect(await ask({ grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer', assertion: jwt(claims) })).toEqual([
    200,
    token,
  ])
  const user = { grant_type: 'refresh_token', refresh_token: 'r', client_id: 'c', client_secret: 's' }
  expect(await ask(user)).toEqual([200, token])
})

it.each([
  ['another grant', { grant_type: 'password' }, 'unsupported_grant_type', 'Invalid grant_type: password'],
  ['no grant', {}, 'unsupported_grant_type', 'Invalid grant_type: '],
  [
    'a user without a secret',
    { grant_type: 'refresh_token', refresh_token: 'r', client_id: 'c' },
    'invalid_request',
    'Missing required parameter: client_secret',
  ],
  [
    'something that is no JWT',
    { grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer', assertion: 'a.b.c' },
    'invalid_grant',
    'Bad Request: the assertion is not a JWT signed with RS256.',
  ],
  [
    'a JWT that lasts two hours',
    {
      grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer',
      assertion: jwt({ ...claims, exp: claims.iat + 7200 }),
    },
    'invalid_grant',
    'Invalid JWT: check iss, scope, aud, iat and exp.',
  ],
])('refuses %s', async (_, form, error, description) => {
  expect(await ask(form as unknown as Record<string, string>)).toEqual([400, { error, error_description: description }])
})

async function ask(form: Record<string, string>) {
  const body = new URLSearchParams(form)
  const { http } = googleAuthSimulator()
  const response = await http(new Request('https://oauth2.googleapis.com/token', { method: 'POST', body }))
  return [response.status, await response.json()]
}

function jwt(payload: object): string {
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url')
  return `${part({ alg: 'RS256', typ: 'JWT' })}.${part(payload)}.c2lnbmF0dXJl`
}

it.each([
  ['another grant of Google', { grant_type: 'authorization_code', code: 'x' }],
  ['a field', { grant_type: 'refresh_token', refresh_token: 'r', client_id: 'c', client_secret: 's', rapt: 'x' }],
  [
    'an identity',
    {
      grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer',
      assertion: jwt({ ...claims, target_audience: 'https://x.test' }),
    },
  ],
])('has no answer to %s that is not simulated', async (_, form) => {
  const body = new URLSearchParams(form as unknown as Record<string, string>)
  const request = new Request('https://oauth2.googleapis.com/token', { method: 'POST', body })
  const response = await googleAuthSimulator().http(request)
  expect([response.status, response.headers.get('x-pr-unmatched')]).toEqual([501, expect.stringMatching(/POST .token/)])
})
