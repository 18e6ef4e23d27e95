import { useOneUndici } from '../clients/one-undici.ts'
import type { Settings } from '../config/settings-types.ts'
import { loadTemplates } from '../config/templates.ts'
import { counted } from '../domain/counted.ts'
import { jobsOf } from '../domain/jobs-of.ts'
import { planPrompts } from '../planning/plan-prompts.ts'
import { plannedGraphs } from '../planning/planned-graphs.ts'
import type { Output } from './output.ts'
import { type PlannedSession, showPlans } from './run-plans.ts'
import type { Stop } from './signals.ts'

export interface SessionOptions extends Stop {
  readonly settings: Settings
  readonly output: Output
}

/** Plans every prompt file, checks all graphs before the first is sent, then runs or rehearses them. Returns the exit code. */
export async function runSession({ settings, output, ...stop }: SessionOptions): Promise<number> {
  using _undici = useOneUndici()
  const templates = await loadTemplates(settings.workflows)
  const plans = await planPrompts(settings, templates)
  // Builds every graph once: a wrong binding is told before anything starts.
  plannedGraphs(plans, templates)
  if (plans.some(({ controlVideo }) => controlVideo !== null)) {
    const { createMediaClient } = await import('../clients/ffmpeg.ts')
    const { checkControlVideos } = await import('../planning/control-videos.ts')
    const warnings = await checkControlVideos(plans, createMediaClient(settings.programs), stop.signal)
    for (const warning of warnings) output.warn(warning)
  }
  const session = { settings, output, ...stop, plans, templates }
  if (settings.run.validateOnly) return await checkOnly(session)
  if (settings.dryRun.enabled) {
    const { rehearse } = await import('./dry-run.ts')
    return await rehearse(session)
  }
  const { runLive } = await import('./live-run.ts')
  return await runLive(session)
}

/** Throws PR_INVALID_WORKFLOW with all that the recorded server would refuse. */
async function checkOnly(session: PlannedSession): Promise<number> {
  const { settings, output, plans, templates } = session
  const { comfyuiKnowledge } = await import('../recording/comfyui-knowledge.ts')
  const { loadRecording } = await import('../recording/load-recording.ts')
  const { invalidPlans } = await import('../planning/invalid-plans.ts')
  const { objectInfo, version } = comfyuiKnowledge((await loadRecording(settings.dryRun.recording)).entries)
  showPlans(session)
  const error = invalidPlans(plans, templates, { objectInfo, server: `ComfyUI ${version}` })
  if (error) throw error
  const jobs = plans.flatMap(jobsOf).length
  output.print(
    `Valid: ${counted(plans.length, 'prompt file')}, ${counted(jobs, 'job')}, bindings and workflows. Nothing was run.`,
  )
  output.result({ ok: true, plans })
  return 0
}
