import type { Templates } from '../domain/bindings.ts'
import type { Job, Plan } from '../domain/plan.ts'
import { type Problem, PromptRunnerError } from '../errors.ts'
import { checkGraph, checkPassPair, type OfflineServer } from '../simulators/comfyui/offline/check-graph.ts'
import type { Finding } from '../simulators/comfyui/offline/finding.ts'
import { type PlannedGraph, type PlannedJob, plannedGraphs } from './planned-graphs.ts'

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
 * Graphs that are equal but for their seeds are checked once: the 3,000 jobs of a long film are a handful of graphs.
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
    const graphs = plannedGraphs(plans, templates)
    for (const { file, graph, jobs } of graphs) {
      for (const finding of checkGraph(JSON.stringify(graph), server, { file, strict })) note(finding, jobs)
    }
    if (strict) for (const plan of plans) notePair(plan, graphs, server, note)
  } catch (error) {
    if (!(error instanceof PromptRunnerError)) throw error
    for (const problem of problemsOf(error, templates.files.bindings)) note(problem, [])
  }
  return [...found.values()].map(({ finding, jobs }) => ({
    ...finding,
    ...(jobs.length > 0 && { jobs: concerned(jobs) }),
  }))
}

/** What a failure says as problems, where it has none as one of `file`. What it advises stands with the last. */
export function problemsOf({ message, hint, problems }: PromptRunnerError, file: string): Problem[] {
  const last = problems.at(-1) ?? { file, message }
  return [...problems.slice(0, -1), { ...(hint !== undefined && { hint }), ...last }]
}

/** All pairs of a video are made from one template, so the first stands for the others. */
function notePair(
  plan: Plan,
  graphs: readonly PlannedGraph[],
  server: OfflineServer,
  note: (finding: Finding, jobs: readonly PlannedJob[]) => void,
): void {
  const [first] = plan.passes
  const [high, low] = [first?.high, first?.low].map((one) =>
    graphs.find(({ jobs }) => jobs.some(({ job }) => job === one)),
  )
  if (!high || !low) return
  const text = JSON.stringify(low.graph)
  for (const finding of checkPassPair(JSON.stringify(high.graph), { file: low.file, text }, server))
    note(finding, [...high.jobs, ...low.jobs])
}

function concerned(jobs: readonly PlannedJob[]): ConcernedJobs[] {
  const groups = Map.groupBy(jobs, ({ plan, job }) => `${job.kind} ${plan.videoName}`)
  return [...groups.values()].map((group) => ({
    video: group[0]!.plan.videoName,
    kind: group[0]!.job.kind,
    numbers: group.map(({ job }) => job.workflowNumber).sort((a, b) => a - b),
  }))
}
