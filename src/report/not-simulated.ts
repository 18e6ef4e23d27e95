import type { RunTally } from './run-tally.ts'

/** What this rehearsal did not try, derived from what it did: a dry run that passed proves nothing about these. */
export function notSimulated(
  { videos, pod }: RunTally,
  facts: { ffmpeg: 'real' | 'simulated'; synthetic: readonly string[]; hasCredentials: boolean },
): string[] {
  const plans = videos.map(({ plan }) => plan)
  const models = new Set(plans.flatMap((plan) => Object.values(plan.models)))
  const hasSeams = plans.some((plan) => plan.chunks.length > 1)
  const hasUploads = videos.some(({ uploads }) => uploads.length > 0)
  const { ffmpeg, synthetic, hasCredentials } = facts
  return [
    'GPU time and VRAM',
    hasSeams ? 'what the pictures show, and the seams between chunks' : 'what the pictures show',
    ...(models.size > 0 ? [modelFiles(models.size)] : []),
    ...(hasUploads ? ['permissions, quota and speed of the bucket'] : []),
    ...(hasUploads && !hasCredentials
      ? ['Google credentials: none were found here, so a simulated metadata server gave a token']
      : []),
    ...(pod ? ['the state, balance and GPU supply of the real pod'] : []),
    ...(ffmpeg === 'simulated' ? ['ffmpeg and ffprobe (--real-ffmpeg runs them on the simulated videos)'] : []),
    ...(synthetic.length > 0 ? [nodeClasses(synthetic)] : []),
    'what a live run asks before its first job (see pr doctor)',
  ]
}

function modelFiles(count: number): string {
  return count === 1
    ? 'whether the model file loads (its name was checked against the recording)'
    : `whether the ${count} model files load (their names were checked against the recording)`
}

function nodeClasses(names: readonly string[]): string {
  return `what ${names.join(', ')} really ${names.length === 1 ? 'does' : 'do'}: no recording has seen ${names.length === 1 ? 'it' : 'them'} run`
}
