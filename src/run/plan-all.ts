import type { Settings } from '../config/settings-types.ts'
import { loadTemplates } from '../config/templates.ts'
import type { ApprovedPlan } from '../domain/approval/plan-file.ts'
import type { Templates } from '../domain/bindings.ts'
import type { ReplayedIdentity } from '../domain/ids.ts'
import type { Plan } from '../domain/plan.ts'
import { planPrompts } from '../planning/plan-prompts.ts'
import { plannedGraphs } from '../planning/planned-graphs.ts'
import { planTable } from '../report/plan-table.ts'
import type { RunState } from '../state/run-state.ts'
import type { RunHost, RunOutput } from './run-host.ts'

/** What is to be rendered: a plan for each video, and what the graphs of all of them are made from. */
export interface Planned {
  readonly plans: readonly Plan[]
  readonly templates: Templates
  /** An earlier run whose jobs a new one takes over where they are the same; null: there is none. */
  readonly takes: RunState | null
  /** What nothing else may be made than; null: nobody has approved a plan. */
  readonly approved: ApprovedPlan | null
  /** Who a rehearsal is to be: it does again what that run did. null: a run of its own. */
  readonly identity: ReplayedIdentity | null
}

/** Plans every prompt file, and checks what can be known of all graphs and control videos before the first is sent. Of all videos together only `mostChunks` chunks. */
export async function planAll(settings: Settings, { output, signal }: RunHost, mostChunks?: number): Promise<Planned> {
  const templates = await loadTemplates(settings.workflows)
  const plans = await planPrompts(settings, templates, mostChunks)
  // Builds every graph once: a wrong binding is told before anything starts.
  plannedGraphs(plans, templates)
  if (plans.some(({ controlVideo }) => controlVideo !== null)) {
    const { createMediaClient } = await import('../clients/ffmpeg.ts')
    const { checkControlVideos } = await import('../planning/control-videos.ts')
    const warnings = await checkControlVideos(plans, createMediaClient(settings.programs), signal)
    for (const warning of warnings) output.warn(warning)
  }
  return { plans, templates, takes: null, approved: null, identity: null }
}

/** To be called after all checks of what the user gave: a refusal below a long table is hard to find. */
export function showPlans(plans: readonly Plan[], output: RunOutput, filmNames?: ReadonlyMap<string, string>): void {
  for (const plan of plans) output.info(planTable(plan, filmNames?.get(plan.videoName)).join('\n'))
}
