import type { Templates } from '../domain/bindings.ts'
import type { Job, Plan } from '../domain/plan-types.ts'
import { PromptRunnerError } from '../errors.ts'
import { checkGraph, checkPassPair, type OfflineServer } from '../simulators/comfyui/validate/offline.ts'
import type { Finding } from '../simulators/comfyui/validate/offline-finding.ts'
import { type PlannedJob, plannedGraphs } from './planned-graphs.ts'

/** A problem of planned jobs, told once for all jobs that have it. */
export interface PlanFinding extends Finding {
  readonly jobs?: readonly ConcernedJobs[]
}

/** Jobs of one video and kind, by their workflow numbers. */
export interface ConcernedJobs {
  readonly video: string
  readonly kind: Job['kind']
  readonly numbers: readonly number[]
}

/**
 * Everything that a server would refuse in the graphs of all jobs, found before the first is sent and without asking it.
 * Graphs that are equal but for their seeds are checked once: 3,000 jobs take about a second.
 */
export function checkPlans(
  plans: readonly Plan[],
  templates: Templates,
  server: OfflineServer,
  { strict = false } = {},
): PlanFinding[] {
  const found = new Map<string, { finding: Finding; jobs: PlannedJob[] }>()
  const note = (finding: Finding, jobs: readonly PlannedJob[]) => {
    const key = JSON.stringify(finding)
    const known = found.get(key)
    found.set(key, { finding, jobs: [...(known?.jobs ?? []), ...jobs] })
  }
  try {
    const graphs = distinctGraphs(plans, templates)
    for (const { file, text, jobs } of graphs) {
      for (const finding of checkGraph(text, server, { file, strict })) note(finding, jobs)
    }
    if (strict) for (const plan of plans) notePair(plan, graphs, server, note)
  } catch (error) {
    if (!(error instanceof PromptRunnerError)) throw error
    note(findingOf(error, templates.files.bindings), [])
  }
  return [...found.values()].map(({ finding, jobs }) => ({
    ...finding,
    ...(jobs.length > 0 && { jobs: concerned(jobs) }),
  }))
}

interface DistinctGraph {
  readonly file: string
  readonly text: string
  readonly jobs: PlannedJob[]
}

function distinctGraphs(plans: readonly Plan[], templates: Templates): DistinctGraph[] {
  const graphs = new Map<string, DistinctGraph>()
  for (const { plan, job, file, built } of plannedGraphs(plans, templates)) {
    const text = JSON.stringify(built.graph)
    const graph = graphs.get(text) ?? { file, text, jobs: [] }
    graph.jobs.push({ plan, job })
    graphs.set(text, graph)
  }
  return [...graphs.values()]
}

/** A failure as a problem of the file that it is about. */
export function findingOf({ message, hint }: PromptRunnerError, file: string): Finding {
  return { file, message, ...(hint && { hint }) }
}

/** All pairs of a video are made from one template, so the first stands for the others. */
function notePair(
  plan: Plan,
  graphs: readonly DistinctGraph[],
  server: OfflineServer,
  note: (finding: Finding, jobs: readonly PlannedJob[]) => void,
): void {
  const [high, low] = plan.renderJobs
    .slice(0, 2)
    .map((first) => graphs.find(({ jobs }) => jobs.some(({ job }) => job === first)))
  if (!high || !low) return
  for (const finding of checkPassPair(high.text, low, server)) note(finding, [...high.jobs, ...low.jobs])
}

function concerned(jobs: readonly PlannedJob[]): ConcernedJobs[] {
  const groups = Map.groupBy(jobs, ({ plan, job }) => `${job.kind} ${plan.videoName}`)
  return [...groups.values()].map((group) => ({
    video: group[0]!.plan.videoName,
    kind: group[0]!.job.kind,
    numbers: group.map(({ job }) => job.workflowNumber).sort((a, b) => a - b),
  }))
}
