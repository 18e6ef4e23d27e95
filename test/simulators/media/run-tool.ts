import { spawnSync } from 'node:child_process'

/**
 * Runs the real ffmpeg or ffprobe and gives its stdout. They judge what the simulator makes: anything on stderr fails the
 * test, and so does their absence.
 */
export function runTool(program: 'ffmpeg' | 'ffprobe', ...args: string[]): Buffer {
  const { error, status, stdout, stderr } = spawnSync(program, ['-v', 'error', ...args], { maxBuffer: 2 ** 28 })
  if (error) throw new Error(`${program} is needed by this test: apt-get install ffmpeg`, { cause: error })
  if (status !== 0 || stderr.length > 0) throw new Error(`${program} ${args.join(' ')}: exit ${status}\n${stderr}`)
  return stdout
}

/** Colour of every frame of a file: the average of all pixels. */
export function frameColours(file: string): number[] {
  const rgb = runTool(
    'ffmpeg',
    '-i',
    file,
    '-vf',
    'scale=1:1:flags=area',
    '-fps_mode',
    'passthrough',
    '-f',
    'rawvideo',
    '-pix_fmt',
    'rgb24',
    '-',
  )
  return Array.from({ length: rgb.length / 3 }, (_, index) => rgb.readUIntBE(index * 3, 3))
}

/** The largest difference in any channel. */
export function distance(one: number, other: number): number {
  return Math.max(...[16, 8, 0].map((shift) => Math.abs(((one >> shift) & 255) - ((other >> shift) & 255))))
}
