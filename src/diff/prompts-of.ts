import * as z from 'zod'
import { rawMembers } from '../recording/exact-json.ts'
import type { LoadedEntry } from '../recording/read-har.ts'
import type { JobFacts, NodeFacts } from './run-facts.ts'

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
