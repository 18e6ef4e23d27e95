import { createHash } from 'node:crypto'
import { Hono } from 'hono'
import {
  PROVENANCE_HEADER,
  type ServiceName,
  type SimulatedService,
  UNMATCHED_HEADER,
} from '../../src/simulators/simulator.ts'

export const MIB = 1024 * 1024

/** How far `/count` has read and `/bytes` has written, in bytes; shared by all services of this module. */
export const flow = { read: 0, written: 0 }

/** A service with one route of each kind, for tests of what lies between a client and a simulator. */
export function echoService(name: ServiceName = 'comfyui'): SimulatedService {
  const app = new Hono()
  app.get('/where', (c) => c.json({ url: c.req.url }, 200, { [PROVENANCE_HEADER]: 'recorded' }))
  app.post('/echo', async (c) =>
    c.body(await c.req.arrayBuffer(), 200, { 'content-type': c.req.header('content-type') ?? '' }),
  )
  app.post('/prompt', (c) => c.json({ prompt_id: 'p1', number: 1, node_errors: {} }))
  app.get('/empty/:status', (c) => c.body(null, Number(c.req.param('status')) as 308))
  app.get('/broken', () => Promise.reject(new Error('a defect of the simulator')))
  app.get('/unsendable', () => new Response(null, { headers: { 'x-otter': '\x01' } }))
  app.onError((error) => {
    throw error
  })
  app.post('/count', async (c) => {
    const hash = createHash('sha256')
    let size = 0
    flow.read = 0
    for await (const chunk of c.req.raw.body ?? []) {
      hash.update(chunk)
      size += chunk.length
      flow.read = size
      await new Promise(setImmediate)
    }
    return c.json({ size, sha256: hash.digest('hex') })
  })
  app.get('/bytes/:count', (c) => {
    let left = Number(c.req.param('count'))
    flow.written = 0
    const body = new ReadableStream<Uint8Array>({
      pull(controller) {
        if (left === 0) return controller.close()
        const size = Math.min(left, MIB)
        left -= size
        flow.written += size
        controller.enqueue(new Uint8Array(size).fill(left % 251))
      },
    })
    return new Response(body, { headers: { 'content-type': 'video/mp4' } })
  })
  app.get('/half', () => {
    const body = new ReadableStream<Uint8Array>({
      start: (controller) => controller.enqueue(new Uint8Array(MIB)),
      async pull(controller) {
        // An error beside the first piece would be answered with 500.
        await new Promise((later) => setTimeout(later, 5))
        controller.error(new Error('the service breaks off'))
      },
    })
    return new Response(body, { headers: { 'content-type': 'video/mp4', 'content-length': String(2 * MIB) } })
  })
  app.get('/never', () => new Promise<Response>(() => {}))
  app.notFound((c) => c.text('no such route', 501, { [UNMATCHED_HEADER]: 'GET /where' }))
  return {
    name,
    http: async (request) => app.fetch(request),
    upgrade(request) {
      const { pathname } = new URL(request.url)
      if (pathname === '/forbidden') return new Response('not you', { status: 403 })
      if (pathname !== '/ws') return null
      return (end) => {
        end.send('welcome')
        end.onMessage((data) => (data === 'close me' ? end.close(4001, 'as you wish') : end.send(data)))
      }
    },
  }
}
