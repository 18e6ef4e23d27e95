import childProcess from 'node:child_process'
import dgram from 'node:dgram'
import dns from 'node:dns'
import { isIP } from 'node:net'
import workerThreads from 'node:worker_threads'
import { type Callable, createPatches, type Patches } from './patches.ts'
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
