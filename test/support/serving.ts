import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { text } from 'node:stream/consumers'
import { bareEnvironment } from '../cli/run-pr.ts'
import { program } from './program.ts'

/** `pr serve` in a process of its own. */
export interface Serving {
  /** What `--json` printed. */
  readonly facts: {
    readonly addresses: Readonly<Record<string, string>>
    readonly environment: Readonly<Record<string, string>>
  }
  /** Stops it as Ctrl-C does; gives the exit code and what it said on stderr. */
  stop(signal?: NodeJS.Signals): Promise<{ exitCode: number | null; stderr: string }>
}

/** Starts `pr serve --port 0 --json` and waits until it says that it is there. */
export async function startServing(...more: string[]): Promise<Serving> {
  return startServingIn(process.cwd(), ...more)
}

/** The same in a folder, with the configuration file that lies there. */
export async function startServingIn(cwd: string, ...more: string[]): Promise<Serving> {
  const child = spawn(process.execPath, [program, 'serve', '--port', '0', '--json', ...more], {
    cwd,
    env: bareEnvironment(),
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const stderr = text(child.stderr)
  const exited = once(child, 'exit') as Promise<[number | null]>
  return {
    facts: await firstObject(child),
    async stop(signal = 'SIGINT') {
      child.kill(signal)
      const [exitCode] = await exited
      return { exitCode, stderr: await stderr }
    },
  }
}

async function firstObject({ stdout }: ChildProcess): Promise<Serving['facts']> {
  let said = ''
  for await (const chunk of stdout!.iterator({ destroyOnReturn: false })) {
    said += chunk
    if (said.endsWith('\n}\n')) return JSON.parse(said)
  }
  throw new Error(`pr serve ended before it was there: ${said}`)
}
