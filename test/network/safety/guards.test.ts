import { ChildProcess, exec, execFile, execFileSync, execSync, fork, spawn, spawnSync } from 'node:child_process'
import { createSocket, Socket as Datagram } from 'node:dgram'
import dns, { lookup, Resolver, resolve4 } from 'node:dns'
import { Resolver as LaterResolver, lookup as lookupLater } from 'node:dns/promises'
import { Worker } from 'node:worker_threads'
import { afterEach, expect, it } from 'vitest'
import { guardSideDoors } from '../../../src/network/safety/guards.ts'
import { rememberRefusals } from '../../../src/network/safety/refusals.ts'

type Callback = (error: Error | null, ...rest: unknown[]) => void
const called = (start: (callback: Callback) => unknown) =>
  new Promise((resolve, reject) => start((error, value) => (error ? reject(error) : resolve(value))))

let guard: Disposable | null = null
afterEach(() => guard?.[Symbol.dispose]())

const doors: ReadonlyArray<readonly [string, () => unknown, string]> = [
  [
    'dns.lookup',
    () => called((done) => lookup('a.test', done)),
    'getaddrinfo ENOTFOUND a.test: a dry run asks no name server',
  ],
  [
    'dns.resolve4',
    () => called((done) => resolve4('a.test', done)),
    'getaddrinfo ENOTFOUND a.test: a dry run asks no name server',
  ],
  [
    'dns.Resolver',
    () => called((done) => new Resolver().resolveTxt('a.test', done)),
    'getaddrinfo ENOTFOUND a.test: a dry run asks no name server',
  ],
  ['dns/promises.lookup', () => lookupLater('a.test'), 'getaddrinfo ENOTFOUND a.test: a dry run asks no name server'],
  [
    'dns.promises.reverse',
    () => dns.promises.reverse('8.8.8.8'),
    'getaddrinfo ENOTFOUND 8.8.8.8: a dry run asks no name server',
  ],
  [
    'dns/promises.Resolver',
    () => new LaterResolver().resolve6('a.test'),
    'getaddrinfo ENOTFOUND a.test: a dry run asks no name server',
  ],
  [
    'dgram send',
    () => createSocket('udp4').send('x', 53, '8.8.8.8'),
    'send EPERM send 53 8.8.8.8: a dry run sends no datagram',
  ],
  [
    'dgram connect',
    () => createSocket('udp4').connect(53, '8.8.8.8', () => {}),
    'send EPERM connect 53 8.8.8.8: a dry run sends no datagram',
  ],
  ['dgram bind', () => createSocket('udp4').bind(53), 'send EPERM bind 53: a dry run sends no datagram'],
  ['spawn', () => spawn('curl', ['http://a.test']), 'spawn EPERM curl http://a.test: a dry run starts no program'],
  ['exec', () => exec('gcloud config list'), 'spawn EPERM /bin/sh -c gcloud config list: a dry run starts no program'],
  ['execFile', () => execFile('gcloud', ['config']), 'spawn EPERM gcloud config: a dry run starts no program'],
  [
    'fork',
    () => fork('child.js', [], { execArgv: [] }),
    `spawn EPERM ${process.execPath} child.js: a dry run starts no program`,
  ],
  [
    'spawnSync',
    () => spawnSync('curl', ['http://a.test']),
    'spawn EPERM curl http://a.test: a dry run starts no program',
  ],
  ['execSync', () => execSync('gcloud config'), 'spawn EPERM gcloud config: a dry run starts no program'],
  ['execFileSync', () => execFileSync('gcloud', ['config']), 'spawn EPERM gcloud config: a dry run starts no program'],
  [
    'worker thread',
    () => new Worker('worker.js'),
    'thread EPERM worker.js: a dry run starts no worker thread, for the simulated network does not reach into it',
  ],
]

it.each(doors)('%s is shut and remembered', async (_name, open, message) => {
  const { refuse, refused } = rememberRefusals()
  guard = guardSideDoors({ refuse })
  await expect(async () => open()).rejects.toThrow(message)
  expect(refused()).toHaveLength(1)
})

it.each([
  ['dns.promises', () => dns.promises.resolve('a.test')],
  ['a later Resolver', () => new LaterResolver().resolve('a.test')],
])('rejects with %s, and does not throw', async (_name, ask) => {
  guard = guardSideDoors({ refuse: rememberRefusals().refuse })
  const answer = ask()
  await expect(answer).rejects.toThrow('a dry run asks no name server')
})

it('throws where nobody is called back, and calls back later', async () => {
  guard = guardSideDoors({ refuse: rememberRefusals().refuse })
  expect(() => Reflect.apply(dns.resolve, dns, ['a.test'])).toThrow('a dry run asks no name server')
  let isCalled = false
  const answer = called((done) =>
    lookup('a.test', (...said: [Error | null]) => {
      isCalled = true
      done(...said)
    }),
  )
  expect(isCalled).toBe(false)
  await expect(answer).rejects.toThrow('a dry run asks no name server')
})

it('leaves alone what asks no name server', () => {
  const { getServers, setServers } = dns
  guard = guardSideDoors({ refuse: rememberRefusals().refuse })
  expect([dns.getServers, dns.setServers]).toEqual([getServers, setServers])
})

it('lets through what asks nobody, and programs that are allowed', async () => {
  const { refuse, refused } = rememberRefusals()
  guard = guardSideDoors({ refuse, mayRun: (file) => file === process.execPath })
  await expect(lookupLater('127.0.0.1')).resolves.toEqual({ address: '127.0.0.1', family: 4 })
  await expect(called((done) => lookup('localhost', done))).resolves.toBeTypeOf('string')
  expect(spawnSync(process.execPath, ['--version']).status).toBe(0)
  expect(await new Promise((exit) => spawn(process.execPath, ['--version']).on('exit', exit))).toBe(0)
  expect(refused()).toEqual([])
})

it('lets no shell run an allowed program', () => {
  const { refuse } = rememberRefusals()
  guard = guardSideDoors({ refuse, mayRun: () => true })
  expect(() => execSync(process.execPath)).toThrow('a dry run starts no program')
})

it('puts everything back', () => {
  const before = [dns.lookup, dns.promises.lookup, Datagram.prototype.send, ChildProcess.prototype, spawnSync, Worker]
  const spawnBefore = Reflect.get(ChildProcess.prototype, 'spawn')
  guardSideDoors({ refuse: rememberRefusals().refuse })[Symbol.dispose]()
  expect([dns.lookup, dns.promises.lookup, Datagram.prototype.send, ChildProcess.prototype, spawnSync, Worker]).toEqual(
    before,
  )
  expect(Reflect.get(ChildProcess.prototype, 'spawn')).toBe(spawnBefore)
})
