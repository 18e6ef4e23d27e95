import * as z from 'zod'
import { limits } from '../domain/limits.ts'
import { readPlan } from '../domain/plan.ts'
import { videoNameFault } from '../domain/prompt.ts'
import type { JobResult, RunEvent } from '../domain/run-event.ts'

// What a run is given back of a journal becomes paths, requests and sums of money, and anybody may have edited it since. So
// everything that a resumed run relies on is checked here; what it only passes over may be whatever it is.

const at = z.number()
const count = z.int().min(0)
/** Of a chunk, a job or an attempt. A chunk of one frame has two passes and a combine job. Attempts are counted up to it. */
const number = z
  .int()
  .min(1)
  .max(3 * limits.totalFrames.largest)
const dollars = z.number().min(0).max(1_000_000_000)
const word = z.string().min(1).max(1_000)
const uuid = z.string().regex(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/)
const digest = z.string().regex(/^[0-9a-f]{64}$/)
const runName = z.string().regex(/^[a-z]+-[a-z]+(-\d{1,9})?$/)
const video = z.string().refine((name) => videoNameFault(name) === null)
const path = z.string().refine((text) => !text.includes('\0'))

/** One name in a folder of a server. */
const segment = /^(?!\.{1,2}$)[^/\\\p{Cc}]+$/u
const outputFile = z.object({
  filename: z.string().regex(segment),
  subfolder: z.string().refine((text) => text === '' || text.split(/[/\\]/).every((part) => segment.test(part))),
  type: z.enum(['output', 'input', 'temp']),
})
const role = z.enum(['latent', 'video', 'film'])
const fileDigest = z.object({ bytes: count, crc32c: z.string().min(1) })
const storedObject = z.object({
  bucket: word,
  name: z.string().min(1),
  size: count,
  crc32c: z.string(),
  md5: z.string().nullable(),
  generation: z.string(),
})

const ms = z.number().min(0)
const jobPhases = z.object({
  load: ms,
  text: ms,
  sampling: ms,
  decode: ms,
  steps: z.object({ count: z.int().min(1), ms }),
})

/** Which kind of job it was shows in what it left: a film is combined, a video LOW's, and a latent alone HIGH's. */
const result = z
  .object({
    promptId: word,
    outputs: z.partialRecord(role, outputFile),
    files: z.partialRecord(role, path),
    digests: z.partialRecord(role, fileDigest).optional(),
    // Of two looks at a clock that was set back between them.
    tookMs: z.number(),
    // Estimates are made by them, and no run goes on by them.
    phases: jobPhases.optional().catch(undefined),
  })
  .transform(({ promptId, outputs, files, digests = {}, tookMs, phases }, context): JobResult => {
    const job = { promptId, tookMs, ...(phases && { phases }) }
    const digest = (of: z.infer<typeof role>) => (files[of] && digests[of] ? { digest: digests[of] } : {})
    const { latent: kept, video: rendered, film } = outputs
    const latent = kept ? { server: kept, copy: files.latent ?? null, ...digest('latent') } : null
    if (film) return { ...job, kind: 'combine', film: { server: film, copy: files.film ?? null, ...digest('film') } }
    if (rendered && files.video)
      return { ...job, kind: 'low', video: { server: rendered, copy: files.video, ...digest('video') }, latent }
    if (latent && !rendered) return { ...job, kind: 'high', latent }
    context.addIssue('a job left nothing that another one needs')
    return z.NEVER
  })

const chunk = z.looseObject({ number })
const job = { jobId: word, jobNumber: number, workflowNumber: number, chunk }
/** What else a plan says is for people: a run that goes on has a plan of its own. */
const plan = z
  .looseObject({
    videoName: video,
    renderJobs: z.array(z.looseObject({ ...job, kind: z.enum(['high', 'low']) })).min(1),
    combineJobs: z.array(z.looseObject({ ...job, kind: z.literal('combine') })),
  })
  .refine(({ renderJobs, combineJobs }) =>
    [...renderJobs, ...combineJobs].every(({ workflowNumber }, index) => workflowNumber === index + 1),
  )

const anything = z.looseObject({ at })
const ofJob = { at, video, workflow: number }

/** Every event that a journal may have. */
const schemas = {
  'run-started': z.object({
    at,
    runId: uuid,
    runName,
    dryRun: z.boolean(),
    videos: z.array(video),
    jobs: count.optional(),
    options: z.array(path).optional(),
  }),
  server: z.object({ at, gpu: z.string(), version: z.string() }),
  estimate: anything,
  'video-placed': z.object({ at, video, server: word }),
  'video-returned': anything,
  'video-started': z
    .object({ at, video, plan, skipped: z.array(number) })
    .refine((event) => event.plan.videoName === event.video),
  'job-started': z.object({ ...ofJob, promptId: word, attempt: number, graph: digest }),
  'job-adopted': anything,
  'server-away': anything,
  'job-queued': anything,
  'job-progress': anything,
  'job-output': z.object({ ...ofJob, promptId: word, node: word, files: z.array(outputFile).min(1) }),
  'job-ended': anything,
  'job-finished': z.object({ ...ofJob, result }),
  'job-taken': z.object({ ...ofJob, jobId: uuid, from: runName, result }),
  'job-failed': z.looseObject({ ...ofJob, code: word, attempt: number }),
  'reference-extracted': z.looseObject({ at, video, chunk: number, digest: fileDigest.optional() }),
  'reference-uploaded': z.object({
    at,
    video,
    chunk: number,
    name: z.string().refine((name) => name.split('/').every((part) => segment.test(part))),
  }),
  'film-downloaded': z.object({ at, video, file: path, bytes: count, crc32c: z.string().min(1), frames: count }),
  'upload-started': anything,
  'upload-progress': anything,
  'upload-finished': z.object({ at, video, role: z.enum(['film', 'manifest']), object: storedObject }),
  cleanup: anything,
  'video-finished': z.looseObject({ at, video }),
  'video-failed': z.looseObject({ at, video }),
  pod: anything,
  price: z.object({
    at,
    price: z.object({ perHour: dollars, from: z.enum(['given', 'runpod']), at }),
    before: dollars,
  }),
  warning: anything,
  'run-finished': anything,
} satisfies Record<RunEvent['kind'], z.ZodType>

const kindOf = z.looseObject({ kind: z.enum(Object.keys(schemas) as Array<RunEvent['kind']>) })

/** The event that a line of a journal has in JSON. Throws for what is no event. */
export function readEvent(json: unknown): RunEvent {
  const { kind } = kindOf.parse(json)
  const event = json as RunEvent
  if (kind === 'job-finished' || kind === 'job-taken')
    return { ...event, result: schemas[kind].parse(json).result } as RunEvent
  schemas[kind].parse(json)
  if (event.kind !== 'video-started') return event
  const read = readPlan(event.plan as unknown as Parameters<typeof readPlan>[0])
  if (!read) throw new Error('a chunk lacks a pass')
  return { ...event, plan: read }
}
