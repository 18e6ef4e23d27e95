import type { RunProgram } from './clients.ts'

/** Runs a program for real. Throws when it cannot be started or is stopped by a signal. */
export const runProgram: RunProgram = async (command, args, { signal } = {}) => {
  const { execa } = await import('execa')
  const cancel = signal === undefined ? {} : { cancelSignal: signal }
  const result = await execa(command, args, { ...cancel, reject: false, stdin: 'ignore' })
  if (result.exitCode === undefined) throw result
  return { exitCode: result.exitCode, stdout: result.stdout, stderr: result.stderr }
}
