import { readFileSync, writeFileSync } from 'node:fs'
import { basename } from 'node:path'
import { type JoinVideos, listedVideos, parseExtractFrame, parseJoin, parseProbe } from '../domain/ffmpeg-arguments.ts'
import { bytesOf, fileSource } from './media/byte-source.ts'
import { frameCount, frameRate, type ImageSequence, slice } from './media/image-sequence.ts'
import { mp4 } from './media/mp4.ts'
import { png } from './media/png.ts'
import { type Mp4Facts, readMp4 } from './media/read-mp4.ts'

/** What a program left: its exit code and what it wrote. */
interface Finished {
  readonly exitCode: number
  readonly stdout: string
  readonly stderr: string
}

export interface FfmpegSimulator {
  /** Stands where the ffmpeg client starts a program. */
  readonly run: (
    command: string,
    args: readonly string[],
    options?: { signal?: AbortSignal | undefined },
  ) => Promise<Finished>
  /** Command lines that nothing here answers, as one text each, in the order they came. */
  readonly unmatched: readonly string[]
}

/**
 * Answers the command lines of domain/ffmpeg-arguments from files on disk, as ffmpeg 5.1 does, and which release it is: size, rate and count from
 * the MP4's index, and for one frame a PNG of the video's size in the colour of that frame (grey when it is not a video of
 * this project's simulator). Any other command line exits with 1 and is kept in `unmatched`.
 */
export function ffmpegSimulator(): FfmpegSimulator {
  const unmatched: string[] = []
  return {
    unmatched,
    async run(command, args, options) {
      options?.signal?.throwIfAborted()
      if (args.join(' ') === '-version') return done(`${basename(command)} version 5.1-simulated\n`)
      const probed = parseProbe(args)
      if (probed !== null) {
        const finished = withVideo(probed, (facts) => done(probeJson(facts)))
        // ffprobe closes its JSON when it fails, too.
        return finished.exitCode === 0 ? finished : { ...finished, stdout: '{\n\n}\n' }
      }
      const extracted = parseExtractFrame(args)
      if (extracted !== null) {
        return withVideo(extracted.video, (facts) => extract(facts.images, extracted.frame, extracted.png))
      }
      const joined = parseJoin(args)
      if (joined !== null) return join(joined)
      unmatched.push([command, ...args].join(' '))
      return failed(`the ffmpeg simulator knows no such command line: ${unmatched.at(-1)}`)
    },
  }
}

function withVideo(path: string, use: (facts: Mp4Facts) => Finished): Finished {
  try {
    const facts = readMp4(fileSource(path))
    return facts ? use(facts) : failed(`${path}: Invalid data found when processing input`)
  } catch (error) {
    const reason = REASONS[(error as NodeJS.ErrnoException).code ?? '']
    if (reason === undefined) throw error
    return failed(`${path}: ${reason}`)
  }
}

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: 'No such file or directory',
  ENOTDIR: 'Not a directory',
  EISDIR: 'Is a directory',
  EACCES: 'Permission denied',
}

/** As `ffprobe -of json` prints it. */
function probeJson({ images, fps }: Mp4Facts): string {
  const { numerator, denominator } = frameRate(fps)
  const stream = {
    width: images.width,
    height: images.height,
    r_frame_rate: `${numerator}/${denominator}`,
    nb_read_packets: String(frameCount(images)),
  }
  return `${JSON.stringify({ programs: [], streams: [stream] }, null, 4)}\n`
}

/** No such frame: ffmpeg writes no file and is content. */
function extract(images: ImageSequence, frame: number, path: string): Finished {
  let after = 0
  for (const { frames, colour } of images.segments) {
    after += frames
    if (frame >= after) continue
    return written(path, bytesOf(png({ width: images.width, height: images.height, colour })))
  }
  return done('')
}

/** Every frame of every video, but for those that are cut. */
function join({ list, cut, film }: JoinVideos): Finished {
  const [first, ...rest] = listedVideos(readFileSync(list, 'utf8'))
  const parts: Mp4Facts[] = []
  for (const path of [first ?? list, ...rest]) {
    const found = withVideo(path, (facts) => {
      parts.push(facts)
      return done('')
    })
    if (found.exitCode !== 0) return found
  }
  const { images, fps } = parts[0]!
  const all = { ...images, segments: parts.flatMap((part) => part.images.segments) }
  let start = 0
  const kept = [...(cut ?? []), { from: frameCount(all), to: 0 }].flatMap(({ from, to }) => {
    const before = slice(all, start, from - start)
    start = to + 1
    return before.segments
  })
  return written(film, bytesOf(mp4({ images: { ...images, segments: kept }, fps })))
}

function written(path: string, bytes: Uint8Array): Finished {
  try {
    writeFileSync(path, bytes)
    return done('')
  } catch {
    return failed(`[image2] Could not open file : ${path}\nav_interleaved_write_frame(): Input/output error`)
  }
}

function done(stdout: string): Finished {
  return { exitCode: 0, stdout, stderr: '' }
}

function failed(stderr: string): Finished {
  return { exitCode: 1, stdout: '', stderr: `${stderr}\n` }
}
