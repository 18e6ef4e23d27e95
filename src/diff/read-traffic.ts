import * as z from 'zod'
import { jsonOrNull, rawMembers } from '../recording/exact-json.ts'
import type { LoadedEntry } from '../recording/loaded-entry.ts'
import type { JobFacts, NodeFacts, UploadFacts } from './run-facts.ts'

/** What this program says about a job in its requests; other programs say nothing. */
const jobNote = z.looseObject({
  prompt_runner: z.looseObject({
    run: z.string(),
    video_name: z.string(),
    type: z.string(),
    job_number: z.number(),
  }),
})

/**
 * The jobs that were sent, each as its last attempt sent it, and the names of the runs they are of. Such a name is drawn per run
 * and stands in many file names: `{run}` stands for it, so that it is no difference.
 */
export function promptsOf(entries: readonly LoadedEntry[]): { jobs: JobFacts[]; runs: readonly string[] } {
  const jobs = new Map<string, JobFacts>()
  const runs = new Set<string>()
  let others = 0
  for (const { method, url, requestBody } of entries) {
    if (method !== 'POST' || !url.pathname.endsWith('/prompt')) continue
    const members = rawMembers(Buffer.from(requestBody()).toString())
    const graph = rawMembers(members?.get('prompt') ?? '')
    if (!members || !graph) continue
    const note = jobNote.safeParse(JSON.parse(members.get('extra_data') ?? 'null')).data?.prompt_runner
    if (note) runs.add(note.run)
    else others += 1
    const name = note ? `${note.video_name} ${note.type} ${note.job_number}` : `prompt ${others}`
    const clean = (text: string) => withoutRuns(text, runs)
    jobs.set(name, { name, nodes: new Map(Array.from(graph, ([id, node]) => [id, nodeFacts(node, clean)])) })
  }
  return { jobs: [...jobs.values()], runs: [...runs] }
}

/** The text with `{run}` for each of the run names. */
export function withoutRuns(text: string, runs: Iterable<string>): string {
  return [...runs].reduce((clean, run) => clean.replaceAll(run, '{run}'), text)
}

function nodeFacts(json: string, clean: (text: string) => string): NodeFacts {
  const members = rawMembers(json) ?? new Map<string, string>()
  const text = (of: ReadonlyMap<string, string> | null, key: string): string | null => {
    const value: unknown = JSON.parse(of?.get(key) ?? 'null')
    return typeof value === 'string' ? value : null
  }
  const className = text(members, 'class_type') ?? 'a node without a class'
  const inputs = rawMembers(members.get('inputs') ?? '') ?? new Map<string, string>()
  return {
    className,
    title: text(rawMembers(members.get('_meta') ?? ''), 'title') ?? className,
    inputs: new Map(Array.from(inputs, ([name, value]) => [name, clean(value)])),
  }
}

/** The object with which the storage service ends an upload. */
const stored = z.looseObject({
  kind: z.literal('storage#object'),
  bucket: z.string(),
  name: z.string(),
  size: z.coerce.number(),
  contentType: z.string().default('application/octet-stream'),
  crc32c: z.string().default(''),
})

/** A manifest holds the stamps of its run, and a film the times of the files that it was made from (ComfyUI writes its prompt into it). */
const STAMPED = /^(application\/json|video\/.*)$/

/** Every object that was uploaded, in order. */
export function uploadsOf(entries: readonly LoadedEntry[], runs: readonly string[]): UploadFacts[] {
  return entries.flatMap(({ method, url, status, responseBody }) => {
    if (!['POST', 'PUT'].includes(method) || !url.pathname.includes('/upload/storage/') || status !== 200) return []
    const object = stored.safeParse(jsonOrNull(responseBody())).data
    if (!object) return []
    const { bucket, name, contentType: type, size, crc32c } = object
    const content = STAMPED.test(type) ? { type } : { type, size, crc32c }
    return [{ url: `gs://${bucket}/${withoutRuns(name, runs)}`, content }]
  })
}
