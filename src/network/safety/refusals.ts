import { PromptRunnerError } from '../../errors.ts'
import { addressOf, isLoopback } from './host-table.ts'

/** Something that would have left the process, and was not let out. */
export interface Refusal {
  readonly kind: keyof typeof kinds
  /** `host:port`, a path, a name, a command. */
  readonly target: string
}

/** Who tried: messages speak of it. */
export type Who = 'dry run' | 'test'

/** Remembers what was refused and makes the error for the one who tried. */
export type Refuse = (kind: Refusal['kind'], target: string) => Error

/** Every distinct refusal once, in the order of the first try. */
export function rememberRefusals(who: Who = 'dry run'): {
  readonly refused: () => readonly Refusal[]
  readonly refuse: Refuse
} {
  const seen = new Map<string, Refusal>()
  return {
    refused: () => [...seen.values()],
    refuse(kind, target) {
      const key = `${kind} ${target}`
      if (!seen.has(key)) seen.set(key, { kind, target })
      const { syscall, code, why } = kinds[kind]
      // The shape of Node's own errors, so that callers report it as they report the real thing.
      return Object.assign(new Error(`${syscall} ${code} ${target}: ${why.replaceAll('dry run', who)}`), {
        code,
        syscall,
        address: target,
      })
    },
  }
}

/** The run is not safe, whether or not the caller swallowed the error. */
export function egressError(
  { kind, target }: Refusal,
  known: readonly string[],
  who: Who = 'dry run',
): PromptRunnerError {
  const { tried, hint } = kinds[kind]
  const cure =
    who === 'test' && kind === 'program' ? 'a program does not see the simulated network; `mayRun` lets one run' : hint
  const isNobodys = who === 'test' && kind === 'connection' && isLoopback(addressOf(target, '').host)
  return new PromptRunnerError(
    'PR_EGRESS',
    `the ${who} ${tried} ${target}, which was refused; nothing left the machine`,
    {
      hint:
        cure?.replaceAll('dry run', who) ??
        `simulated are: ${known.join(', ')}${isNobodys ? ', and no server of this process listens there' : ''}; check the address in the settings and in the environment`,
    },
  )
}

const kinds = {
  connection: {
    syscall: 'connect',
    code: 'ECONNREFUSED',
    why: 'nothing is simulated there, and a dry run opens no real connection',
    tried: 'tried to connect to',
    hint: null,
  },
  'unix-socket': {
    syscall: 'connect',
    code: 'ECONNREFUSED',
    why: 'a dry run opens no unix socket',
    tried: 'tried to open the unix socket',
    hint: 'a socket of the system leads out of the simulation; look for a proxy or an agent in the environment',
  },
  host: {
    syscall: 'request',
    code: 'EHOSTUNREACH',
    why: 'nothing is simulated under that name',
    tried: 'sent a request that names the host',
    hint: null,
  },
  dns: {
    syscall: 'getaddrinfo',
    code: 'ENOTFOUND',
    why: 'a dry run asks no name server',
    tried: 'tried to look up the name',
    hint: 'connections need no lookup here; something asks for names on its own',
  },
  udp: {
    syscall: 'send',
    code: 'EPERM',
    why: 'a dry run sends no datagram',
    tried: 'tried to use a datagram socket:',
    hint: 'something in this process sends datagrams; switch it off for dry runs',
  },
  program: {
    syscall: 'spawn',
    code: 'EPERM',
    why: 'a dry run starts no program',
    tried: 'tried to start the program',
    hint: 'a program does not see the simulated network; only ffmpeg may run, with --real-ffmpeg',
  },
  worker: {
    syscall: 'thread',
    code: 'EPERM',
    why: 'a dry run starts no worker thread, for the simulated network does not reach into it',
    tried: 'tried to start the worker thread',
    hint: 'something in this process starts threads; switch it off for dry runs',
  },
} as const satisfies Record<
  string,
  Readonly<Record<'syscall' | 'code' | 'why' | 'tried', string> & { hint: string | null }>
>
