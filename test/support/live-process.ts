import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { setTimeout as wait } from 'node:timers/promises'
import { onTestFinished } from 'vitest'
import { bareEnvironment, keptHere } from '../cli/run-pr.ts'
import { program } from './program.ts'
import type { Json } from './rehearse.ts'

/** A live `pr` that is under way. */
export interface LiveProcess {
  readonly child: ChildProcess
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
  return {
    child,
    ended: Promise.all([end, said]).then(([[exitCode], [stdout, stderr]]) => ({ exitCode, stdout, stderr })),
  }
}

/** The events in the journals of an output directory, each run's in order. */
export function journals(outputDir: string): Record<string, Json[]> {
  const state = join(outputDir, 'state')
  const names = existsSync(state) ? readdirSync(state).filter((name) => name.endsWith('.jsonl')) : []
  return Object.fromEntries(
    names.toSorted().map((name) => {
      // The last line may be half written.
      const lines = readFileSync(join(state, name), 'utf8').split('\n').slice(0, -1)
      return [name.slice(0, -'.jsonl'.length), lines.map((line) => JSON.parse(line))]
    }),
  )
}

/** The first value that is not undefined; asks again until the test's own time is up. */
export async function until<T>(ask: () => T | undefined | Promise<T | undefined>): Promise<T> {
  for (;;) {
    const value = await ask()
    if (value !== undefined) return value
    await wait(20)
  }
}

/** What a journal would be if the machine had died before the first event of which `isAfter` is true. */
export function cutJournal(path: string, isAfter: (event: Json) => boolean): void {
  const lines = readFileSync(path, 'utf8').split('\n').slice(0, -1)
  const end = lines.findIndex((line) => isAfter(JSON.parse(line)))
  if (end < 0) throw new Error(`${path} has no such event`)
  writeFileSync(
    path,
    lines
      .slice(0, end)
      .map((line) => `${line}\n`)
      .join(''),
  )
}
