/**
 * The two command lines that ffmpeg and ffprobe are started with, and their readers. The client builds them, the simulator
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

const QUIET = ['-hide_banner', '-nostdin', '-loglevel', 'error']

function same(left: readonly string[], right: readonly string[]): boolean {
  return left.length === right.length && left.every((word, index) => word === right[index])
}
