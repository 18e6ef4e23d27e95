import { frameColours, runTool } from '../simulators/media/run-tool.ts'

/** What the real ffprobe finds when it decodes every frame of a video. */
export function decoded(path: string): { frames: number; width: number; height: number; fps: number } {
  const entries = 'stream=width,height,r_frame_rate,nb_read_frames'
  const output = runTool(
    'ffprobe',
    '-count_frames',
    '-select_streams',
    'v:0',
    '-show_entries',
    entries,
    '-of',
    'json',
    path,
  )
  const [stream] = JSON.parse(output.toString()).streams
  const [numerator, denominator] = stream.r_frame_rate.split('/').map(Number)
  return {
    frames: Number(stream.nb_read_frames),
    width: stream.width,
    height: stream.height,
    fps: numerator / denominator,
  }
}

/** Lengths of the runs of frames that look the same, in order; each chunk of a simulated film has a colour of its own. */
export function segmentLengths(path: string): number[] {
  const lengths: number[] = []
  let before: number | undefined
  for (const colour of frameColours(path)) {
    if (colour === before) lengths[lengths.length - 1]! += 1
    else lengths.push(1)
    before = colour
  }
  return lengths
}
