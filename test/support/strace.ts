import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { temporaryFolder } from './rehearse.ts'

/** What a program asked of the system: the address family of every socket it opened, and every program that was started. */
export interface Traced {
  readonly exitCode: number
  readonly output: string
  readonly sockets: readonly string[]
  readonly programs: readonly string[]
}

/** Runs a program, its threads and its children under strace, which the test cannot do without. */
export async function traced(
  command: readonly string[],
  options: { cwd: string; env: NodeJS.ProcessEnv },
): Promise<Traced> {
  const trace = join(temporaryFolder(), 'trace')
  const strace = ['-f', '-qq', '-e', 'trace=network,%process', '-e', 'signal=none', '-o', trace]
  const ended = await new Promise<{ exitCode: number; output: string }>((done, failed) => {
    execFile('strace', [...strace, ...command], options, (error, stdout, stderr) => {
      if (error?.code === 'ENOENT')
        failed(new Error('strace is needed by this test: apt-get install strace', { cause: error }))
      else done({ exitCode: error ? Number(error.code) : 0, output: stdout + stderr })
    })
  })
  const calls = readFileSync(trace, 'utf8')
  const all = (pattern: RegExp) => Array.from(calls.matchAll(pattern), ([, value = '']) => value)
  return {
    ...ended,
    sockets: all(/\bsocket\((AF_\w+)/g),
    programs: all(/\bexecve(?:at)?\("([^"]*)"/g),
  }
}
