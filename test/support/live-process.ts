import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { text } from 'node:stream/consumers'
import { setTimeout as wait } from 'node:timers/promises'
import { onTestFinished } from 'vitest'
import { bareEnvironment, keptHere } from '../cli/run-pr.ts'
import { program } from './program.ts'

/** A live `pr` that is under way. */
export interface LiveProcess {
  readonly child: ChildProcess
  /** What it has said as warnings so far. */
  stderr(): string
  /** What it said, once it has ended. */
  readonly ended: Promise<{ exitCode: number | null; stdout: string; stderr: string }>
}

/** Starts `pr --yes …` in `cwd`; it is killed when the test ends. */
export function startLive(
  args: readonly string[],
  { cwd, env }: { cwd: string; env: Readonly<Record<string, string>> },
): LiveProcess {
  const child = spawn(process.execPath, [program, ...keptHere(['--yes', ...args])], {
    cwd,
    env: { ...bareEnvironment(), ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  onTestFinished(() => void child.kill('SIGKILL'))
  const end = once(child, 'exit') as Promise<[number | null]>
  const said = Promise.all([text(child.stdout), text(child.stderr)])
  let warned = ''
  child.stderr.on('data', (piece: Buffer) => {
    warned += piece
  })
  return {
    child,
    stderr: () => warned,
    ended: Promise.all([end, said]).then(([[exitCode], [stdout, stderr]]) => ({ exitCode, stdout, stderr })),
  }
}

/** The first value that is not undefined; asks again until the test's own time is up. */
export async function until<T>(ask: () => T | undefined | Promise<T | undefined>): Promise<T> {
  for (;;) {
    const value = await ask()
    if (value !== undefined) return value
    await wait(20)
  }
}
