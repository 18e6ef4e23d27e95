import type { RunTally } from './run-tally.ts'

/** What this rehearsal did not try, derived from what it did: a dry run that passed proves nothing about these. */
export function notSimulated(
  tally: RunTally,
  facts: { ffmpeg: 'real' | 'simulated'; synthetic: readonly string[] },
): string[] {
  const { videos, pod } = tally
  const models = new Set(videos.flatMap(({ plan }) => Object.values(plan.models)))
  const uploaded = videos.some(({ uploads }) => uploads.length > 0)
  return [
    'GPU time and VRAM',
    'what the pictures show, and the seams between chunks',
    `whether the ${models.size} model files load (their names were checked against the recording)`,
    ...(uploaded ? ['permissions, quota and speed of the bucket'] : []),
    ...(pod ? ['the state, balance and GPU supply of the real pod'] : []),
    ...(facts.ffmpeg === 'simulated' ? ['ffmpeg and ffprobe (--real-ffmpeg runs them on the simulated videos)'] : []),
    ...(facts.synthetic.length > 0
      ? [`what ${facts.synthetic.join(', ')} really do: no recording has seen them run`]
      : []),
  ]
}
