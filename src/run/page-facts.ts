import type { JobFacts, RunFacts } from '../diff/run-facts.ts'
import type { Templates } from '../domain/bindings.ts'
import type { Graph } from '../domain/graph.ts'
import { jobsOf, jobType, workflowsBefore } from '../domain/plan.ts'
import { type RunPlace, readRunFiles } from '../report/html/read-run-files.ts'
import type { KeptWorkflow, RunFiles } from '../report/html/run-files.ts'

/** Gives the templates that a live run was made by; those of others need none. */
export type LoadTemplates = () => Promise<Templates>

/** What a page is made of, and what one run is compared with another by. Graphs of a live run are made again, by these templates. */
export async function pageFacts(
  place: RunPlace,
  templates: LoadTemplates,
): Promise<{ files: RunFiles; facts: RunFacts }> {
  const files = readRunFiles(place)
  if (place.folder !== null) return { files, facts: factsOf(files) }
  const { journalFacts } = await import('./journal-facts.ts')
  const facts = journalFacts(place.journal, await templates())
  // What was sent otherwise than these templates do is not known.
  const known = facts.jobs.filter(({ name }) => !facts.unlike.includes(name))
  const workflows = JSON.parse(place.redact(JSON.stringify(workflowsOf(files, known))))
  return { files: { ...files, workflows }, facts }
}

/** As `pr diff` reads them from traffic: the name of the run, which is drawn, is no difference. */
function factsOf({ events, workflows, uploads }: RunFiles): RunFacts {
  const runName = nameIn(events)
  const numbers = jobNames(events)
  const jobs = workflows.map(({ number, graph }) => {
    const nodes = Object.entries(graph).map(([id, { class_type: className, inputs, _meta }]) => {
      const texts = Object.entries(inputs).map(
        ([input, value]) => [input, JSON.stringify(value).replaceAll(runName, '{run}')] as const,
      )
      return [id, { title: _meta?.title ?? className, className, inputs: new Map(texts) }] as const
    })
    return { name: numbers.get(number) ?? `job ${number}`, nodes: new Map(nodes) }
  })
  const urls = uploads.map(({ bucket, object }) => `gs://${bucket}/${object.replaceAll(runName, '{run}')}`)
  return { jobs, uploads: urls.map((url) => ({ url, content: {} })), estimate: null, server: null }
}

function workflowsOf({ events }: RunFiles, jobs: readonly JobFacts[]): KeptWorkflow[] {
  const runName = nameIn(events)
  const facts = new Map(jobs.map((job) => [job.name, job]))
  return [...jobNames(events)].flatMap(([number, name]) => {
    const job = facts.get(name)
    return job ? [{ number, modifications: [], graph: graphOf(job, runName) }] : []
  })
}

function graphOf({ nodes }: JobFacts, runName: string): Graph {
  const entries = [...nodes].map(([id, { className, title, inputs }]) => {
    const values = Array.from(inputs, ([input, value]) => [input, JSON.parse(value.replaceAll('{run}', runName))])
    return [id, { class_type: className, inputs: Object.fromEntries(values), _meta: { title } }]
  })
  return Object.fromEntries(entries)
}

function nameIn(events: RunFiles['events']): string {
  return events.find((event) => event.kind === 'run-started')?.runName ?? ''
}

/** What jobs are called where runs are compared, by their numbers in the run. */
function jobNames(events: RunFiles['events']): Map<number, string> {
  const started = events.filter((event) => event.kind === 'video-started')
  const plans = [...new Map(started.map(({ video, plan }) => [video, plan])).values()]
  const before = workflowsBefore(plans)
  return new Map(
    plans.flatMap((plan) =>
      jobsOf(plan).map(({ kind, jobNumber, workflowNumber }) => [
        before.get(plan.videoName)! + workflowNumber,
        `${plan.videoName} ${jobType[kind]} ${jobNumber}`,
      ]),
    ),
  )
}
