import { readProfiles } from '../config/read-profiles.ts'
import type { Settings } from '../config/settings-types.ts'
import type { ApprovedPlan } from '../domain/approval/plan-file.ts'
import { estimateData } from '../domain/estimate/estimate-data.ts'
import { combineText, gpuTable } from '../domain/estimate/estimate-text.ts'
import { jobsOf, writtenPlan } from '../domain/plan.ts'
import { quoted } from '../domain/shell-word.ts'
import { counted } from '../domain/wording.ts'
import { askServer, refuseStale } from './approval/approved-plan.ts'
import { planApproved } from './approval/plan-approved.ts'
import { saidByRecording } from './approval/server-plan-facts.ts'
import { makePlanFile, writePlanFile } from './approval/write-plan-file.ts'
import { compareGpus, estimatedText, estimateFilms } from './estimate/estimate-films.ts'
import { filmWork } from './estimate/film-work.ts'
import { knownMachine, type RecordedMachine } from './estimate/known-machine.ts'
import { showPlans } from './plan-all.ts'
import type { RunHost } from './run-host.ts'
import { leftSince, sinceLastRun } from './since-last-run.ts'
import { sinceText } from './since-text.ts'
import { givenPrice } from './terms.ts'

/** What a plan is shown for. */
interface Shown {
  /** How long it takes on each GPU that somebody has published times of, whose prices differ, too. */
  readonly gpus: boolean
  /** What is known of the server is to come from itself, not from the recording. */
  readonly asksServer: boolean
  /** Where it is to be written; null: nowhere. */
  readonly out: string | null
  /** It is refused where it is another one; null: it may be any. */
  readonly approved: ApprovedPlan | null
}

/** Shows what would be rendered and how long that takes. Throws PR_STATE when something else was approved. */
export async function showPlan(
  settings: Settings,
  host: RunHost,
  { gpus, asksServer, out, approved }: Shown,
): Promise<number> {
  const { output } = host
  const planned = await planApproved(settings, host, approved)
  if (approved) await refuseStale(approved, settings, planned, host, asksServer ? 'server' : 'recording')
  const { plans } = planned
  const since = sinceLastRun(settings, plans)
  const { resume } = settings.run
  const work = filmWork(planned, resume === null ? undefined : leftSince(since))
  const price = givenPrice(settings, Date.now())
  showPlans(plans, output)
  const recording = settings.run.gpu === null ? await recordedMachine(settings) : null
  const alone = estimateFilms(work, knownMachine(settings, work, recording), readProfiles)
  const { servers, run } = settings
  const several = servers.length > 0 ? await import('./many/fleet-estimate.ts') : null
  const estimated = several?.estimateForFleet(alone, work, { servers, parallel: run.parallel }) ?? alone
  const estimate = 'estimate' in estimated ? estimated.estimate : null
  const compared = gpus ? compareGpus(work, readProfiles()) : []
  const combine = combineText(plans, estimate)
  const size = `${counted(plans.length, 'film')}, ${counted(plans.flatMap(jobsOf).length, 'job')}`
  output.print(
    [
      `Plan: ${size}`,
      ...sinceText(since, { isResumed: resume !== null }),
      ...estimatedText(estimated, price),
      ...gpuTable(compared),
      ...(combine === null ? [] : [`! ${combine}`]),
    ].join('\n'),
  )
  const data = estimate && estimateData(estimate, price)
  if (out !== null) {
    const said = await (asksServer ? askServer(settings, planned, host) : saidByRecording(settings, planned))
    const { options } = host.commandLine
    writePlanFile(out, await makePlanFile(planned, said, { options, estimate: data, since }))
    const words = ['--plan', out, ...(resume === null ? [] : ['--resume', resume])].filter(Boolean)
    output.print(`Written to ${out}; run it, and nothing else, with: \`pr ${words.map(quoted).join(' ')}\``)
  } else if (approved) output.print(`${approved.path} holds: nothing has changed since it was made`)
  output.result({
    plans: plans.map(writtenPlan),
    since,
    estimate: data,
    ...('none' in estimated && { no_estimate: estimated.none }),
    ...(gpus && { gpus: compared.map((one) => estimateData(one, null)) }),
  })
  return 0
}

async function recordedMachine({ dryRun }: Settings): Promise<RecordedMachine> {
  const { comfyuiKnowledge } = await import('../recording/comfyui-knowledge.ts')
  const { loadRecording } = await import('../recording/load-recording.ts')
  const { name, entries } = await loadRecording(dryRun.recording)
  return { name, entries, device: comfyuiKnowledge(entries).device }
}
