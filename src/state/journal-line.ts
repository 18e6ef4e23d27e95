import { readPlan, writtenPlan } from '../domain/plan.ts'
import { filesOf, type JobResult, type RunEvent } from '../domain/run-event.ts'

/** An event as its line in the journal. */
export function lineOf(event: RunEvent): string {
  // JSON leaves these as they are, and whoever prints a journal would obey them.
  return JSON.stringify(writtenEvent(event)).replace(/[\x7f-\x9f]|\p{Bidi_Control}/gu, escaped)
}

const escaped = (letter: string) => `\\u${letter.charCodeAt(0).toString(16).padStart(4, '0')}`

/** The event of a line. Throws a SyntaxError for what is not JSON, and another error for what is no event. */
export function eventOf(line: string): RunEvent {
  const event = JSON.parse(line)
  if (event.kind === 'job-finished') return { ...event, result: readResult(event.result) }
  if (event.kind !== 'video-started') return event
  const plan = readPlan(event.plan)
  if (!plan) throw new Error('a chunk lacks a pass')
  return { ...event, plan }
}

function writtenEvent(event: RunEvent): object {
  if (event.kind === 'video-started') return { ...event, plan: writtenPlan(event.plan) }
  return event.kind === 'job-finished' ? { ...event, result: writtenResult(event.result) } : event
}

/** A result in a journal: `outputs` on the server and `files` here, both by role. */
function writtenResult(result: JobResult) {
  const files = filesOf(result)
  return {
    promptId: result.promptId,
    outputs: Object.fromEntries(files.map(([role, { server }]) => [role, server])),
    files: Object.fromEntries(files.flatMap(([role, { copy }]) => (copy === null ? [] : [[role, copy]]))),
    tookMs: result.tookMs,
  }
}

/** Which kind of job it was shows in what it left: a film is combined, a video LOW's, and a latent alone HIGH's. */
function readResult({ promptId, outputs, files, tookMs }: ReturnType<typeof writtenResult>): JobResult {
  const { latent, video, film } = outputs
  const [copy = null, latentCopy = null] = [files['film'], files['latent']]
  const job = { promptId, tookMs }
  if (film) return { ...job, kind: 'combine', film: { server: film, copy } }
  const ofLatent = latent ? { server: latent, copy: latentCopy } : null
  if (video && files['video'])
    return { ...job, kind: 'low', video: { server: video, copy: files['video'] }, latent: ofLatent }
  if (ofLatent && !video) return { ...job, kind: 'high', latent: ofLatent }
  throw new Error('a job left nothing that another one needs')
}
