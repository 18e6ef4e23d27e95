import { expect, it } from 'vitest'
import { metadataSimulator } from '../../../src/simulators/google-auth/metadata-simulator.ts'

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
  const response = await ask(path, { 'metadata-flavor': 'Google' })
  expect([response.status, await response.text(), response.headers.get('metadata-flavor')]).toEqual([
    status,
    text,
    'Google',
  ])
})

it('answers only who shows that it means a metadata server', async () => {
  const response = await ask('/computeMetadata/v1/project/project-id', {})
  expect([response.status, await response.text()]).toEqual([403, 'Missing Metadata-Flavor:Google header.'])
})

function ask(path: string, headers: Record<string, string>): Promise<Response> {
  return metadataSimulator().http(new Request(`http://169.254.169.254${path}`, { headers }))
}
