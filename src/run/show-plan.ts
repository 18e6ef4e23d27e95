import { readProfiles } from '../config/read-profiles.ts'
import type { Settings } from '../config/settings-types.ts'
import { estimateData } from '../domain/estimate/estimate-data.ts'
import { combineText, gpuTable } from '../domain/estimate/estimate-text.ts'
import { jobsOf, writtenPlan } from '../domain/plan.ts'
import { counted } from '../domain/wording.ts'
import { compareGpus, estimatedText, estimateFilms } from './estimate/estimate-films.ts'
import { filmWork } from './estimate/film-work.ts'
import { knownMachine, type RecordedMachine } from './estimate/known-machine.ts'
import { planAll, showPlans } from './plan-all.ts'
import type { RunHost } from './run-host.ts'
import { givenPrice } from './terms.ts'

/** Shows what would be rendered and how long that takes; `gpus`: on each GPU that somebody has published times of, whose prices differ. */
export async function showPlan(settings: Settings, host: RunHost, { gpus }: { gpus: boolean }): Promise<number> {
  const { output } = host
  const planned = await planAll(settings, host)
  const { plans } = planned
  const work = filmWork(planned)
  const price = givenPrice(settings, Date.now())
  showPlans(plans, output)
  const recording = settings.run.gpu === null ? await recordedMachine(settings) : null
  const estimated = estimateFilms(work, knownMachine(settings, work, recording), readProfiles)
  const estimate = 'estimate' in estimated ? estimated.estimate : null
  const compared = gpus ? compareGpus(work, readProfiles()) : []
  const combine = combineText(plans, estimate)
  const size = `${counted(plans.length, 'film')}, ${counted(plans.flatMap(jobsOf).length, 'job')}`
  output.print(
    [
      `Plan: ${size}`,
      ...estimatedText(estimated, price),
      ...gpuTable(compared),
      ...(combine === null ? [] : [`! ${combine}`]),
    ].join('\n'),
  )
  output.result({
    plans: plans.map(writtenPlan),
    estimate: estimate && estimateData(estimate, price),
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
