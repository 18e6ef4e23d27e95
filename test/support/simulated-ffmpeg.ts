import childProcess, { type SpawnOptions } from 'node:child_process'
import { EventEmitter, once } from 'node:events'
import { syncBuiltinESMExports } from 'node:module'
import { PassThrough } from 'node:stream'
import type { Faults } from '../../src/network/faults/faults.ts'
import { ffmpegSimulator } from '../../src/simulators/ffmpeg-simulator.ts'

/** An ffmpeg that can be started and does nothing else. */
export const brokenFfmpeg = 'broken-ffmpeg'

const simulated = ['ffmpeg', 'ffprobe', brokenFfmpeg]

/**
 * Answers in this process, until it is disposed, whoever starts `ffmpeg` or `ffprobe`, as a rehearsal does: to start them would be
 * most of what a run costs here. Other programs, and these under other names, are started.
 */
export function simulateFfmpeg(around: Faults['programs'] = (run) => run): Disposable {
  const real = childProcess.spawn
  const simulator = ffmpegSimulator()
  const run = around(async (command, args, options) =>
    command === brokenFfmpeg && args.join(' ') !== '-version'
      ? { exitCode: 1, stdout: '', stderr: 'Broken.' }
      : simulator.run(command, args, options),
  )
  const spawn = (command: string, args: readonly string[], options: SpawnOptions) =>
    simulated.includes(command) ? answered(run(command, args, options)) : real(command, args, options)
  put(spawn as typeof real)
  return { [Symbol.dispose]: () => put(real) }
}

function put(spawn: typeof childProcess.spawn): void {
  childProcess.spawn = spawn
  syncBuiltinESMExports()
}

/** A child process that does nothing but end as `work` says. */
function answered(work: ReturnType<ReturnType<typeof ffmpegSimulator>['run']>) {
  const [stdout, stderr] = [new PassThrough(), new PassThrough()]
  const child = Object.assign(new EventEmitter(), { stdout, stderr })
  work.then(
    async (result) => {
      stdout.end(result.stdout)
      stderr.end(result.stderr)
      await Promise.all([once(stdout, 'close'), once(stderr, 'close')])
      child.emit('close', result.exitCode, null)
    },
    (error) => child.emit('error', error),
  )
  return child
}
