import { once } from 'node:events'
import { type AddressInfo, createServer, type ListenOptions, Server } from 'node:net'
import { join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { ownServers } from '../../../src/network/safety/own-servers.ts'
import { temporaryFolder } from '../../support/folders.ts'

async function listening(at: ListenOptions): Promise<number> {
  const server = createServer()
  onTestFinished(() => void server.close())
  server.listen(at)
  await once(server, 'listening')
  return (server.address() as AddressInfo).port
}

it('knows servers that were there before, and those that came later, also when nothing keeps them alive', async () => {
  const before = await listening({ host: '127.0.0.1', port: 0 })
  using own = ownServers()
  const later = createServer().unref()
  onTestFinished(() => void later.close())
  later.listen(0, '127.0.0.1')
  await once(later, 'listening')
  const { port } = later.address() as AddressInfo
  expect([own.has(`127.0.0.1:${before}`), own.has(`localhost:${port}`), own.has('127.0.0.1:1')]).toEqual([
    true,
    true,
    false,
  ])
  expect(own.has(`192.0.2.1:${port}`)).toBe(false)
})

it('knows at which addresses each answers', async () => {
  using own = ownServers()
  const [one, all] = [await listening({ host: '127.0.0.1', port: 0 }), await listening({ host: '0.0.0.0', port: 0 })]
  expect([own.isAt('127.0.0.1', one), own.isAt('127.0.0.2', one), own.isAt('127.0.0.1', one + all)]).toEqual([
    true,
    false,
    false,
  ])
  expect([own.isAt('127.0.0.2', all), own.isAt('::1', all)]).toEqual([true, false])
})

it('takes a unix socket and a server that is closed for none', async () => {
  using own = ownServers()
  await listening({ path: join(temporaryFolder(), 'a.sock') })
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  await new Promise((closed) => server.close(closed))
  expect(own.has(`127.0.0.1:${port}`)).toBe(false)
})

it('counts connections by address, and puts everything back', () => {
  const { listen } = Server.prototype
  {
    using own = ownServers()
    expect(Server.prototype.listen).not.toBe(listen)
    for (const address of ['127.0.0.1:1', '127.0.0.1:2', '127.0.0.1:1']) own.passed(address)
    expect(own.connections).toEqual([
      { address: '127.0.0.1:1', connections: 2 },
      { address: '127.0.0.1:2', connections: 1 },
    ])
  }
  expect(Server.prototype.listen).toBe(listen)
})
