/** Something that would have left the process, and was not let out. */
export interface Refusal {
  readonly kind: 'connection' | 'unix-socket' | 'dns' | 'udp' | 'program' | 'worker' | 'host-header'
  /** `host:port`, a path, a name, a command. */
  readonly target: string
}

/** Remembers what was refused and makes the error for the one who tried. */
export type Refuse = (kind: Refusal['kind'], target: string) => Error

/** Every distinct refusal once, in the order of its first try. */
export function rememberRefusals(): { readonly refused: readonly Refusal[]; readonly refuse: Refuse } {
  const seen = new Map<string, Refusal>()
  return {
    get refused() {
      return [...seen.values()]
    },
    refuse(kind, target) {
      const key = `${kind} ${target}`
      if (!seen.has(key)) seen.set(key, { kind, target })
      // Callers know this code and report the target with it; retry rules treat it as a dead host.
      return Object.assign(new Error(`connect ECONNREFUSED ${target}: ${sentences[kind]}`), {
        code: 'ECONNREFUSED',
        errno: -111,
        syscall: 'connect',
        address: target,
      })
    },
  }
}

const sentences: Record<Refusal['kind'], string> = {
  connection: 'nothing is simulated there, and a dry run opens no real connection',
  'unix-socket': 'a dry run opens no unix socket',
  dns: 'a dry run asks no name server',
  udp: 'a dry run sends no datagram',
  program: 'a dry run starts no program',
  worker: 'a dry run starts no worker thread, for the simulated network does not reach into it',
  'host-header': 'the request names a host where nothing is simulated',
}
