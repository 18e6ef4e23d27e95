import type { Settings } from '../config/settings-types.ts'
import type { ApprovedPlan } from '../domain/approval/plan-file.ts'
import type { ReplayedIdentity } from '../domain/ids.ts'
import { jobsOf, writtenPlan } from '../domain/plan.ts'
import { counted } from '../domain/wording.ts'
import { PromptRunnerError } from '../errors.ts'
import type { RunState } from '../state/run-state.ts'
import { type Planned, planAll, showPlans } from './plan-all.ts'
import { wordsRedactor } from './redacted-words.ts'
import type { RunHost } from './run-host.ts'
import { refuseUnpriced } from './terms.ts'

/**
 * Settings become plans here, and plans a rehearsal or a live run, or nothing but a check. `takes` is an earlier run whose jobs a new
 * one takes over; nothing but what is `approved` is run; a rehearsal does again what the run of that `identity` did. Returns the exit code.
 */
export async function run(
  settings: Settings,
  host: RunHost,
  {
    takes = null,
    approved = null,
    identity = null,
  }: { takes?: RunState | null; approved?: ApprovedPlan | null; identity?: ReplayedIdentity | null } = {},
): Promise<number> {
  host.output.redact(wordsRedactor(settings))
  refuseLiveFaults(settings)
  refuseUnpriced(settings)
  refuseShutdownOfNothing(settings)
  await checkUpload(settings)
  const planned = { ...(await plansOf(settings, host, approved)), takes, identity }
  if (approved) {
    const { refuseStale } = await import('./approval/approved-plan.ts')
    const isLive = !settings.dryRun.enabled && !settings.run.validateOnly
    await refuseStale(approved, settings, planned, host, isLive ? 'server-later' : 'recording')
  }
  if (settings.run.validateOnly) return await checkOnly(settings, planned, host)
  if (settings.dryRun.enabled) {
    const { rehearse } = await import('./dry-run.ts')
    return await rehearse(settings, planned, host)
  }
  const { runLive } = await import('./live-run.ts')
  return await runLive(settings, planned, host)
}

async function plansOf(settings: Settings, host: RunHost, approved: ApprovedPlan | null): Promise<Planned> {
  if (approved === null) return planAll(settings, host)
  const { planApproved } = await import('./approval/plan-approved.ts')
  return planApproved(settings, host, approved)
}

/** Throws PR_USAGE: what goes wrong on purpose does so where it costs nothing. */
function refuseLiveFaults({ dryRun: { enabled, faults }, run }: Settings): void {
  if (enabled || run.validateOnly || faults.length === 0) return
  throw new PromptRunnerError('PR_USAGE', `faults were given (${faults[0]}), and this is a live run`, {
    hint: 'give --dry-run too: only a simulated network has faults',
  })
}

/** Throws PR_USAGE: who asks for a shutdown counts on it, and the pod would keep costing money. */
function refuseShutdownOfNothing({ pod, run }: Settings): void {
  if (run.validateOnly || run.shutdown !== 'force' || pod.id !== null) return
  throw new PromptRunnerError('PR_USAGE', '--force-shutdown would shut nothing down: no pod is known', {
    hint: 'give --pod-id (or RUNPOD_POD_ID; in a dry run any id will do), or leave --force-shutdown out',
  })
}

/**
 * Only a live run needs somewhere to upload to, and credentials that can be used. Throws PR_USAGE or PR_CREDENTIALS before
 * anything else is looked at.
 */
async function checkUpload({ dryRun, run, storage }: Settings): Promise<void> {
  if (dryRun.enabled || run.validateOnly || !run.upload) return
  if (storage.bucket === null) {
    throw new PromptRunnerError('PR_USAGE', 'a live run uploads the finished video, and no bucket was given', {
      hint: 'give --bucket gs://name/prefix (or PR_BUCKET), or leave the video here with --no-upload',
    })
  }
  if (storage.credentialsFile === null) return
  const { checkCredentials } = await import('../clients/gcs/google-credentials.ts')
  await checkCredentials(storage.credentialsFile)
}

/** Throws PR_INVALID_WORKFLOW with all that the recorded server would refuse. */
async function checkOnly(settings: Settings, { plans, templates }: Planned, { output }: RunHost): Promise<number> {
  const { comfyuiKnowledge } = await import('../recording/comfyui-knowledge.ts')
  const { loadRecording } = await import('../recording/load-recording.ts')
  const { invalidPlans } = await import('../planning/invalid-plans.ts')
  const { tellLeftOut } = await import('../recording/left-out.ts')
  const { unknownVersion } = await import('../simulators/comfyui/rules.ts')
  const recording = await loadRecording(settings.dryRun.recording)
  tellLeftOut(recording, output)
  const { objectInfo, version } = comfyuiKnowledge(recording.entries)
  const unknown = unknownVersion(version)
  if (unknown) output.warn(unknown)
  showPlans(plans, output)
  const error = invalidPlans(plans, templates, {
    objectInfo,
    server: `ComfyUI ${version}`,
    version,
    behaviours: settings.behaviours,
  })
  if (error) throw error
  const jobs = plans.flatMap(jobsOf).length
  output.print(
    `Valid: ${counted(plans.length, 'prompt file')}, ${counted(jobs, 'job')}, bindings and workflows. Nothing was run.`,
  )
  output.result({ ok: true, plans: plans.map(writtenPlan) })
  return 0
}
