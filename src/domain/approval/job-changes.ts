import { type Job, jobsOf, type Plan } from '../plan.ts'

/**
 * What makes each job of a plan another one than that of the same kind and chunk in an earlier plan of the film, by workflow number:
 * nothing (an empty list) where it is the same.
 */
export function jobChanges(plan: Plan, before: Plan | null): ReadonlyMap<number, readonly string[]> {
  const earlier = new Map((before ? jobsOf(before) : []).map((job) => [keyOf(job), job]))
  const changes = new Map<number, readonly string[]>()
  const isOther = (number: number) => (changes.get(number)?.length ?? 0) > 0
  for (const job of jobsOf(plan)) {
    const old = earlier.get(keyOf(job))
    changes.set(job.workflowNumber, before && old ? changesOf(job, old, { plan, before, isOther }) : ['new'])
  }
  return changes
}

const keyOf = ({ kind, chunk }: Job) => `${kind} ${chunk.number}`

interface Around {
  readonly plan: Plan
  readonly before: Plan
  /** Whether a job that this one depends on is another one. */
  readonly isOther: (number: number) => boolean
}

function changesOf(job: Job, old: Job, { plan, before, isOther }: Around): string[] {
  if (job.jobId === old.jobId) return []
  const [was, is] = [valuesOf(before, old), valuesOf(plan, job)]
  const own = Object.keys(is).flatMap((name) => {
    if (was[name] === is[name]) return []
    return [TEXTS.has(name) ? `${name} changed` : `${name} ${shown(was[name])} → ${shown(is[name])}`]
  })
  if (own.length > 0) return own
  const needed = job.dependsOn.filter(isOther)
  // Of the user's own files a plan knows no more than their names.
  return needed.length > 0 ? [`job ${needed.join(' and ')} changed`] : ['a template or an input file changed']
}

/** Too long to be shown. */
const TEXTS: ReadonlySet<string> = new Set(['prompt', 'negative prompt'])

type Value = string | number | null

const shown = (value: Value | undefined) => value ?? 'none'

/** What of a plan decides a job of it, besides the jobs before it. */
function valuesOf(plan: Plan, { kind, chunk }: Job): Readonly<Record<string, Value>> {
  const { models, fps } = plan
  if (kind === 'combine') return { 'frames per second': fps, 'frames kept': chunk.keepFrames }
  const { width, height, steps, cfg, positivePrompt, negativePrompt, referenceImage, controlVideo } = plan
  const pass =
    kind === 'high'
      ? { 'HIGH model': models.highModel, 'HIGH LoRA': models.highLora }
      : { 'LOW model': models.lowModel, 'LOW LoRA': models.lowLora, 'frames per second': fps }
  return {
    ...{ prompt: positivePrompt, 'negative prompt': negativePrompt, width, height, steps, cfg, seed: chunk.seed },
    ...{ frames: chunk.renderFrames, 'reference frame': chunk.referenceFrame },
    ...(chunk.number === 1 && { 'reference image': referenceImage }),
    ...(controlVideo !== null && { 'first frame': chunk.startFrame }),
    ...{ 'control video': controlVideo, 'text encoder': models.textEncoder, VAE: models.vae },
    ...pass,
  }
}
