import { Hono } from 'hono'
import { PROVENANCE_HEADER, type SimulatedService, UNMATCHED_HEADER } from '../simulator.ts'
import { simulatedToken } from './google-auth-simulator.ts'

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
