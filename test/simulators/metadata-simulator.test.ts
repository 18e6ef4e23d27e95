import { expect, it } from 'vitest'
import { metadataSimulator } from '../../src/simulators/metadata-simulator.ts'

const email = 'simulated@simulated-project.iam.gserviceaccount.com'
const token = '{"access_token":"simulated-access-token","expires_in":3599,"token_type":"Bearer"}'
const account = {
  aliases: ['default'],
  email,
  scopes: ['https://www.googleapis.com/auth/cloud-platform', 'https://www.googleapis.com/auth/devstorage.full_control'],
}

it.each([
  ['/', 200, 'computeMetadata/\n'],
  ['/computeMetadata/v1', 200, 'instance/\nproject/\nuniverse/\n'],
  ['/computeMetadata/v1/instance', 200, 'id\nname\nservice-accounts/\nzone\n'],
  ['/computeMetadata/v1/instance/', 200, 'id\nname\nservice-accounts/\nzone\n'],
  ['/computeMetadata/v1/project/project-id', 200, 'simulated-project'],
  ['/computeMetadata/v1/project/project-id?alt=json', 200, '"simulated-project"'],
  ['/computeMetadata/v1/universe/universe-domain', 200, 'googleapis.com'],
  ['/computeMetadata/v1/instance/service-accounts/', 200, `default/\n${email}/\n`],
  ['/computeMetadata/v1/instance/service-accounts/default/', 200, 'aliases\nemail\nscopes\ntoken\n'],
  ['/computeMetadata/v1/instance/service-accounts/default/scopes', 200, `${account.scopes.join('\n')}\n`],
  ['/computeMetadata/v1/instance/service-accounts/default/?recursive=true', 200, JSON.stringify(account)],
  ['/computeMetadata/v1/instance/service-accounts/default/?recursive=True', 200, JSON.stringify(account)],
  ['/computeMetadata/v1/instance/service-accounts/default/token', 200, token],
  ['/computeMetadata/v1/instance/service-accounts/default/token?scopes=a,b', 200, token],
  [`/computeMetadata/v1/instance/service-accounts/${email}/token`, 200, token],
  [
    '/computeMetadata/v1/project/?recursive=true',
    200,
    '{"numericProjectId":123456789012,"projectId":"simulated-project"}',
  ],
  [
    '/computeMetadata/v1/instance/?recursive=true&alt=json',
    200,
    JSON.stringify({
      id: 1234567890,
      name: 'simulated',
      serviceAccounts: { default: account, [email]: account },
      zone: 'projects/123456789012/zones/us-central1-a',
    }),
  ],
  ['/computeMetadata/v1/instance/disks', 501, 'no answer to GET /computeMetadata/v1/instance/disks'],
  [
    '/computeMetadata/v1/?recursive=true&wait_for_change=true',
    501,
    'no answer to the parameter wait_for_change of /computeMetadata/v1/',
  ],
  [
    '/computeMetadata/v1/instance/?recursive=true&alt=text',
    501,
    'no answer to alt=text of /computeMetadata/v1/instance/',
  ],
  ['/0.1/meta-data', 501, 'no answer to GET /0.1/meta-data'],
])('answers %s', async (path, status, text) => {
  const response = await ask(path, { 'metadata-flavor': 'Google' })
  expect([response.status, await response.text(), response.headers.get('metadata-flavor')]).toEqual([
    status,
    text,
    'Google',
  ])
  expect(response.headers.has('x-pr-unmatched')).toBe(status === 501)
})

it('answers only who shows that it means a metadata server', async () => {
  const response = await ask('/computeMetadata/v1/project/project-id', {})
  expect([response.status, await response.text()]).toEqual([403, 'Missing Metadata-Flavor:Google header.'])
})

function ask(path: string, headers: Record<string, string>): Promise<Response> {
  return metadataSimulator().http(new Request(`http://169.254.169.254${path}`, { headers }))
}
