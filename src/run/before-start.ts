import { join } from 'node:path'
import type { PodInfo } from '../clients/clients.ts'
import { filmName, finalDirOf, objectName, objectNames } from '../config/layout.ts'
import type { Settings } from '../config/settings-types.ts'
import type { Estimate } from '../domain/estimate/estimate.ts'
import { costSpan, spanText } from '../domain/estimate/estimate-text.ts'
import type { FilmWork } from '../domain/estimate/film-time.ts'
import { jobsOf, type Plan } from '../domain/plan.ts'
import { overrunAfter, overrunText } from '../domain/spending.ts'
import { counted } from '../domain/wording.ts'
import type { Spending } from '../orchestrator/spending.ts'
import type { ChosenRun } from './choose-run.ts'

/** What a live run is about to do. */
interface Start {
  readonly settings: Settings
  readonly run: Pick<ChosenRun, 'runName' | 'filmNames'>
  readonly work: FilmWork
  readonly estimate: Estimate | null
  readonly spending: Pick<Spending, 'terms' | 'before'>
  /** What RunPod says of the pod; null: there is none. */
  readonly pod: PodInfo | null
}

/** What whoever agrees to a live run agrees to: where films go, what is deleted, what becomes of the pod, what goes over its limits. */
export function beforeStart(start: Start): { lines: string[]; warnings: string[]; question: string } {
  const { work, estimate, spending } = start
  const jobs = work.plans.flatMap((plan) => jobsOf(plan).map((job) => work.isToDo(job, plan)))
  const left = jobs.filter(Boolean).length
  const { price } = spending.terms
  const cost = estimate && price ? `, ${costSpan(estimate.seconds, price)}` : ''
  const most = estimate ? ` (${spanText(estimate.seconds)}${cost})` : ''
  return {
    lines: [
      ...(left < jobs.length ? [`${counted(left, 'job')} to run, ${jobs.length - left} done before`] : []),
      whereTo(start),
      whatGoes(start.settings),
      ...ofPod(start),
    ],
    warnings: overLimits(start),
    question: left === 0 ? 'Start? Only the way out of the film is left.' : `Start ${counted(left, 'job')}${most}?`,
  }
}

function whereTo({ settings: { run, storage }, run: { runName, filmNames }, work: { plans } }: Start): string {
  const { bucket, prefix } = storage
  const folder = finalDirOf(run.outputDir)
  const [plan, ...more] = plans
  const isOne = plan !== undefined && more.length === 0
  const what = isOne ? 'The film' : `The ${plans.length} films`
  const here = isOne ? join(folder, fileOf(plan, filmNames)) : folder
  if (!run.upload) return `${what} will lie in ${here}, and nowhere else (--no-upload)`
  const object = isOne
    ? objectNames(prefix, runName, plan.videoName).film
    : objectName(prefix, runName, '<video>', '<video>.mp4')
  return `${what} will go to gs://${bucket}/${object}, and lie in ${here}`
}

function fileOf({ videoName }: Plan, names: ReadonlyMap<string, string>): string {
  return names.get(videoName) ?? filmName(videoName)
}

function whatGoes({ run }: Settings): string {
  if (!run.upload) return 'Nothing will be deleted: nothing is uploaded (--no-upload)'
  if (run.keepIntermediate) return 'Nothing will be deleted (--keep-intermediate)'
  return 'When a film is verified there, its latents, chunk videos, reference frames and combined films here will be deleted'
}

/** As `finishPod` does it. */
function ofPod({ settings: { run }, pod }: Start): string[] {
  if (!pod) return []
  const isForced = run.shutdown === 'force'
  if (!isForced)
    return [`Pod ${pod.id} will go on running when the run is done, and cost money (--force-shutdown stops it)`]
  const limits = run.budget !== null || run.deadline !== null ? ', or a limit is reached' : ''
  return run.upload
    ? [`Pod ${pod.id} will be stopped when every film is verified there${limits}`]
    : [
        `Pod ${pod.id} will go on running in spite of --force-shutdown: nothing is uploaded (--no-upload)${limits && '. It will be stopped when a limit is reached'}`,
      ]
}

/** By the estimate: its middle says that it will, its end that it may. */
function overLimits({ estimate, spending: { terms, before } }: Start): string[] {
  if (!estimate) return []
  const at = (seconds: number) => overrunAfter(terms, { ms: 0, before }, seconds * 1_000)
  const [likely, possible] = [at(estimate.seconds.mid), at(estimate.seconds.high)]
  if (likely) return [`It will be stopped before its end, as estimated: ${overrunText(likely)}`]
  return possible ? [`It may be stopped before its end: at worst ${overrunText(possible)}`] : []
}
