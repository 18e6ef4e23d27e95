import childProcess from 'node:child_process'
import dgram from 'node:dgram'
import dns from 'node:dns'
import { syncBuiltinESMExports } from 'node:module'
import { isIP } from 'node:net'
import { constants } from 'node:os'
import workerThreads from 'node:worker_threads'
import { authorityOf } from './host-table.ts'
import type { Refuse } from './refusals.ts'

export interface GuardOptions {
  readonly refuse: Refuse
  /** Programs that may run all the same: ffmpeg with `--real-ffmpeg`. */
  readonly mayRun?: (file: string) => boolean
}

/**
 * Shuts the ways out that are no connection: name servers, datagrams, programs and worker threads. What is tried is refused
 * with an error and remembered. Classes are changed at their prototypes, so imports made earlier are caught as well.
 */
export function guardSideDoors({ refuse, mayRun = () => false }: GuardOptions): Disposable {
  const patches = createPatches()
  guardNames(patches, refuse)
  for (const method of ['bind', 'connect', 'send']) {
    patches.replace(dgram.Socket.prototype, method, () => (...args) => {
      const where = args.slice(method === 'send' ? 1 : 0).filter((arg) => ['string', 'number'].includes(typeof arg))
      throw refuse('udp', [method, ...where].join(' '))
    })
  }
  guardPrograms(patches, refuse, mayRun)
  patches.replace(workerThreads, 'Worker', () => refusedWorker(refuse) as unknown as Callable)
  patches.publish()
  return patches
}

function guardNames(patches: Patches, refuse: Refuse): void {
  const asks = (key: string) => /^(lookup|resolve|reverse)/.test(key)
  for (const target of [dns, dns.Resolver.prototype, dns.promises, dns.promises.Resolver.prototype]) {
    const promised = target === dns.promises || target === dns.promises.Resolver.prototype
    for (const key of Object.getOwnPropertyNames(target).filter(asks)) {
      patches.replace(
        target,
        key,
        (real) =>
          function (name: string, ...rest) {
            if (key === 'lookup' && needsNoServer(name)) return real.call(this, name, ...rest)
            const error = refuse('dns', String(name))
            if (promised) return Promise.reject(error)
            const callback = rest.at(-1)
            if (typeof callback !== 'function') throw error
            process.nextTick(callback, error)
          },
      )
    }
  }
}

function needsNoServer(name: unknown): boolean {
  return typeof name !== 'string' || name === 'localhost' || isIP(name) !== 0
}

function refusedWorker(refuse: Refuse) {
  return class Worker {
    constructor(file: unknown) {
      throw refuse('worker', String(file))
    }
  }
}

function guardPrograms(patches: Patches, refuse: Refuse, mayRun: (file: string) => boolean): void {
  // spawn, exec, execFile and fork all end here.
  patches.replace(
    childProcess.ChildProcess.prototype,
    'spawn',
    (real) =>
      function (options: { file: string; args?: string[] }) {
        if (mayRun(options.file)) return real.call(this, options)
        throw refuse('program', [options.file, ...(options.args ?? []).slice(1)].join(' '))
      },
  )
  for (const key of ['spawnSync', 'execSync', 'execFileSync']) {
    patches.replace(
      childProcess,
      key,
      (real) =>
        function (file: string, ...rest) {
          if (key !== 'execSync' && mayRun(file)) return real.call(this, file, ...rest)
          throw refuse('program', [file, ...(Array.isArray(rest[0]) ? rest[0] : [])].join(' '))
        },
    )
  }
}

/** How many connections got past the interceptor. Each was refused at the handle, the last place before the system. */
export interface ConnectionMeter extends Disposable {
  readonly realConnections: number
}

/** Servers that may be reached for real. */
export interface ReachedServers {
  /** Whether one listens at the port of `host:port`, whatever name of loopback the host is. */
  has(authority: string): boolean
  /** Whether one listens at exactly this address. */
  isAt(address: string, port: number): boolean
}

/**
 * Counts at TCP's own `connect`, one call above libuv. Claimed sockets have a `connect` of their own on their handle and never
 * come here; whatever does is a real connection. `tcp` is the prototype of TCP handles; `own` are servers that may be reached.
 */
export function meterConnections(tcp: object, own?: ReachedServers): ConnectionMeter {
  const patches = createPatches()
  let realConnections = 0
  for (const method of ['connect', 'connect6']) {
    patches.replace(
      tcp,
      method,
      (real) =>
        function (request, address: string, ...rest) {
          // `rest` begins with the port where there is one, and `localhost` leads to one of several addresses after the other.
          const port = Number(rest[0])
          if (own?.isAt(address, port)) return real.call(this, request, address, ...rest)
          if (!own?.has(authorityOf({ host: address, port: String(port) }))) realConnections += 1
          return -constants.errno.ECONNREFUSED
        },
    )
  }
  return {
    get realConnections() {
      return realConnections
    },
    [Symbol.dispose]: () => patches[Symbol.dispose](),
  }
}

/** Replaces members of Node's own modules and classes, and puts all of them back. */
interface Patches extends Disposable {
  /** `make` gets what was there. Members that do not exist are left alone. */
  replace(target: object, key: string, make: (real: Callable) => Callable): void
  /** Makes the replacements visible to `import { name } from 'node:…'` too. */
  publish(): void
}

// biome-ignore lint/suspicious/noExplicitAny: any function of Node's own modules
export type Callable = (this: any, ...args: any[]) => any

/** No patches yet. Hold them by `using`, so that what they replace comes back. */
export function createPatches(): Patches {
  const undo: Array<() => void> = []
  return {
    replace(target, key, make) {
      const descriptor = Object.getOwnPropertyDescriptor(target, key)
      if (typeof descriptor?.value !== 'function') return
      Object.defineProperty(target, key, { ...descriptor, value: make(descriptor.value) })
      undo.unshift(() => Object.defineProperty(target, key, descriptor))
    },
    publish: syncBuiltinESMExports,
    [Symbol.dispose]() {
      for (const restore of undo.splice(0)) restore()
      syncBuiltinESMExports()
    },
  }
}
