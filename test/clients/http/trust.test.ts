import { createServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { expect, it, onTestFinished, vi } from 'vitest'
import { WebSocketServer } from 'ws'
import { createComfyuiClient } from '../../../src/clients/comfyui/comfyui.ts'
import { anotherAuthority, loopbackCertificate } from '../../support/certificates.ts'

/** A world in which the server's certificate comes from a public authority. */
vi.mock('node:tls', async (load) => ({
  ...(await load<typeof import('node:tls')>()),
  rootCertificates: [(await import('../../support/certificates.ts')).loopbackCertificate.cert],
}))

it('trusts the public authorities besides one of its own, in requests and on the socket', async () => {
  const server = createServer(loopbackCertificate, (_, response) =>
    response.end(JSON.stringify({ queue_running: [], queue_pending: [] })),
  )
  const sockets = new WebSocketServer({ server, path: '/ws' })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const url = new URL(`https://127.0.0.1:${(server.address() as AddressInfo).port}`)
  const client = createComfyuiClient({ url, clientId: 'a', ca: anotherAuthority })
  onTestFinished(async () => {
    await client.close()
    sockets.close()
    server.closeAllConnections()
    server.close()
  })
  expect(await client.queue()).toEqual({ running: [], pending: [] })
  await client.connect()
  expect(sockets.clients.size).toBe(1)
})
