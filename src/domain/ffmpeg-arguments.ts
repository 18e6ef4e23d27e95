import type { CutFrames } from './cut-frames.ts'

/**
 * The command lines that ffmpeg and ffprobe are started with, and their readers. The client builds them, the simulator
 * of a dry run takes them apart again, so there is one place that knows their shape.
 */
export interface ExtractFrame {
  readonly video: string
  /** Counted from 0. */
  readonly frame: number
  readonly png: string
}

/**
 * `ffmpeg`: one frame, chosen by number, as PNG; an existing file is overwritten. `select` counts decoded frames, so
 * this is exact for any frame rate and timing (a seek by time is not). ffmpeg exits with 0 and writes nothing when
 * there is no such frame: look for the file. `update` keeps a `%` in the path from being read as a pattern.
 * https://ffmpeg.org/ffmpeg-filters.html#select_002c-aselect
 */
export function extractFrameArguments({ video, frame, png }: ExtractFrame): string[] {
  const pick = `select=eq(n\\,${frame})`
  return [...QUIET, '-y', '-i', video, '-vf', pick, '-frames:v', '1', '-update', '1', '-f', 'image2', png]
}

/** The reverse of `extractFrameArguments`; null when the list is another command. */
export function parseExtractFrame(args: readonly string[]): ExtractFrame | null {
  const video = args[args.indexOf('-i') + 1] ?? ''
  const png = args.at(-1) ?? ''
  const frame = Number(/^select=eq\(n\\,(\d+)\)$/.exec(args[args.indexOf('-vf') + 1] ?? '')?.[1] ?? Number.NaN)
  const asked = { video, frame, png }
  return same(args, extractFrameArguments(asked)) ? asked : null
}

/**
 * `ffprobe`: the first video stream as JSON on stdout, packets counted (one packet is one frame in every format used here,
 * and counting them decodes nothing). Shape: `{"streams": [{"width": 480, "height": 848, "r_frame_rate": "16/1",
 * "nb_read_packets": "101"}]}`, the count being a string.
 */
export function probeArguments(video: string): string[] {
  const entries = 'stream=width,height,r_frame_rate,nb_read_packets'
  return ['-v', 'error', '-select_streams', 'v:0', '-count_packets', '-show_entries', entries, '-of', 'json', video]
}

/** The reverse of `probeArguments`: the video's path; null when the list is another command. */
export function parseProbe(args: readonly string[]): string | null {
  const video = args.at(-1) ?? ''
  return same(args, probeArguments(video)) ? video : null
}

/** Videos one after the other. */
export interface JoinVideos {
  /** A file that names them, as `concatList` writes it. */
  readonly list: string
  /** Of the film. */
  readonly fps: number
  /** What is left out; null: nothing is encoded, the streams are put together as they are. */
  readonly cut: readonly CutFrames[] | null
  readonly film: string
}

/**
 * `ffmpeg`: the videos of a list as one, in the order of the list; an existing film is overwritten. With `cut` it is encoded once, nearly
 * without loss, and frames are left out by their numbers; else packets are copied. https://ffmpeg.org/ffmpeg-formats.html#concat-1
 */
export function joinArguments({ list, fps, cut, film }: JoinVideos): string[] {
  const left = cut?.map(({ from, to }) => `between(n\\,${from}\\,${to})`).join('+') || '0'
  const encode = ['-vf', `select=not(${left}),setpts=N/(${fps}*TB)`, '-r', String(fps), ...ENCODER]
  const video = cut === null ? ['-c', 'copy'] : encode
  return [
    ...QUIET,
    '-y',
    '-f',
    'concat',
    '-safe',
    '0',
    '-i',
    list,
    '-map',
    '0:v:0',
    ...video,
    ...['-movflags', '+faststart', film],
  ]
}

const ENCODER = ['-c:v', 'libx264', '-preset', 'slow', '-crf', '12', '-pix_fmt', 'yuv420p']

/** The reverse of `joinArguments`; null when the list is another command. */
export function parseJoin(args: readonly string[]): JoinVideos | null {
  const list = args[args.indexOf('-i') + 1] ?? ''
  const film = args.at(-1) ?? ''
  const [, left, rate] =
    /^select=not\((.*)\),setpts=N\/\(([\d.]+)\*TB\)$/.exec(args[args.indexOf('-vf') + 1] ?? '') ?? []
  const ranges = Array.from((left ?? '').matchAll(/between\(n\\,(\d+)\\,(\d+)\)/g), ([, from, to]) => ({
    from: Number(from),
    to: Number(to),
  }))
  const asked = { list, film, fps: Number(rate ?? 0), cut: left === undefined ? null : ranges }
  return same(args, joinArguments(asked)) ? asked : null
}

/** The text of a list of videos. A quote ends the text in quotes, and stands outside of it. */
export function concatList(videos: readonly string[]): string {
  return videos.map((path) => `file '${path.replaceAll("'", "'\\''")}'\n`).join('')
}

/** The reverse of `concatList`. */
export function listedVideos(text: string): string[] {
  return Array.from(text.matchAll(/^file '(.*)'$/gm), ([, path = '']) => path.replaceAll("'\\''", "'"))
}

const QUIET = ['-hide_banner', '-nostdin', '-loglevel', 'error']

function same(left: readonly string[], right: readonly string[]): boolean {
  return left.length === right.length && left.every((word, index) => word === right[index])
}
