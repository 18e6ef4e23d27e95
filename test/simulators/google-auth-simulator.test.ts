import { expect, it } from 'vitest'
import { googleAuthSimulator, metadataSimulator } from '../../src/simulators/google-auth-simulator.ts'

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
  ['/computeMetadata/v1/instance', 200, 'id\nname\nservice-accounts/\nzone\n'],
  ['/computeMetadata/v1/project/project-id', 200, 'simulated-project'],
  [
    '/computeMetadata/v1/instance/service-accounts/default/token?scopes=a,b',
    200,
    '{"access_token":"simulated-access-token","expires_in":3599,"token_type":"Bearer"}',
  ],
  ['/computeMetadata/v1/instance/disks', 501, 'no answer to GET /computeMetadata/v1/instance/disks'],
])('answers %s', async (path, status, text) => {
  const response = await askMachine(path, { 'metadata-flavor': 'Google' })
  expect([response.status, await response.text(), response.headers.get('metadata-flavor')]).toEqual([
    status,
    text,
    'Google',
  ])
})

it('answers only who shows that it means a metadata server', async () => {
  const response = await askMachine('/computeMetadata/v1/project/project-id', {})
  expect([response.status, await response.text()]).toEqual([403, 'Missing Metadata-Flavor:Google header.'])
})

function askMachine(path: string, headers: Record<string, string>): Promise<Response> {
  return metadataSimulator().http(new Request(`http://169.254.169.254${path}`, { headers }))
}
