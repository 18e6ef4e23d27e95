import type { Clients } from '../clients/clients.ts'
import { statusOf } from '../clients/gcs/errors.ts'
import { createClients } from '../clients/real-clients.ts'
import { createLayout, objectNames } from '../config/layout.ts'
import { uuidV5 } from '../domain/ids.ts'
import { PromptRunnerError } from '../errors.ts'
import { hasObjects } from '../orchestrator/has-objects.ts'
import { isPlannedAs } from '../orchestrator/jobs-to-skip.ts'
import { isKnownRun } from '../orchestrator/left-prompt.ts'
import { uploaded } from '../orchestrator/made-film.ts'
import { invalidPlans } from '../planning/invalid-plans.ts'
import { makeSummary } from '../report/summary.ts'
import { summaryText } from '../report/summary-text.ts'
import { confirm } from './confirm.ts'
import { errorsOf, type PlannedSession, runPlans, showPlans, throwAny } from './run-plans.ts'
import { nameTaken, type SettledLiveRun, settleLiveRun } from './settle-run.ts'

/** Shows which server, which pod and which price, asks, and runs. Returns the exit code. */
export async function runLive(session: PlannedSession): Promise<number> {
  const { settings, output, signal } = session
  const { outputDir, yes } = settings.run
  const { settled, clients } = await meetServer(session)
  using run = settled
  const { identity, filmNames } = run
  await refuseTakenNames(session, clients, run)
  showPlans(session, filmNames)
  const stats = await clients.comfyui.systemStats(signal)
  const devices = stats.devices.map((device) => device.name).join(', ')
  output.info(`Run ${identity.runName} on ${settings.comfyui.url.href}: ComfyUI ${stats.comfyuiVersion}, ${devices}`)
  const pod = await clients.pod?.info(signal)
  if (pod)
    output.info(
      `Pod ${pod.id} (${pod.gpu ? `${pod.gpu.count} × ${pod.gpu.id}` : 'no GPU'}): ${pod.status}, $${pod.costPerHour}/h now`,
    )
  const server = `ComfyUI ${stats.comfyuiVersion}`
  const objectInfo = await clients.comfyui.objectInfoText(undefined, signal)
  const invalid = invalidPlans(session.plans, session.templates, { objectInfo, server })
  if (invalid) throw invalid
  await confirm('Start?', output, { yes, signal })

  session.endInOrder()
  const outcome = await runPlans(session, {
    ...run,
    clients,
    layout: createLayout(outputDir, identity.runName),
    now: Date.now,
  })
  const goOn = `--resume ${identity.runName} --output-dir ${outputDir} goes on from there.`
  const errors = errorsOf(outcome.failures, goOn)
  const summary = makeSummary(outcome.tally, {
    dryRun: false,
    folder: null,
    failures: errors,
    rehearsal: null,
  })
  output.print(summaryText(summary).join('\n'))
  output.result(summary)
  throwAny(errors)
  return 0
}

/**
 * Settles the run and makes its clients, under a name that is new to the server and the bucket too. Prompt ids and
 * object names follow from the work and the name, so those of an earlier run from another output directory would be
 * taken for this one's.
 */
async function meetServer(session: PlannedSession): Promise<{ settled: SettledLiveRun; clients: Clients }> {
  const { settings, plans, signal } = session
  const known = new Set<string>()
  for (;;) {
    const settled = settleLiveRun(session, known)
    const { runId, runName } = settled.identity
    const clients = await createClients(settings, { clientId: uuidV5('client', runId) })
    const isKnown =
      settled.earlier === null &&
      ((await isKnownRun(clients.comfyui, runId, plans, signal)) || (await isInBucket(session, clients, runName)))
    if (!isKnown) return { settled, clients }
    known.add(runName)
    settled[Symbol.dispose]()
    await clients.comfyui.close()
  }
}

/**
 * Asks the bucket for films of this run that are planned otherwise now. The journal may not know of one: of several it keeps the last,
 * and the run may have ended between an upload and its note. Throws PR_STATE.
 */
async function refuseTakenNames(
  { settings, plans, signal }: PlannedSession,
  { storage }: Clients,
  { earlier, identity: { runName } }: SettledLiveRun,
): Promise<void> {
  for (const plan of settings.run.upload ? plans : []) {
    const before = earlier?.videos[plan.videoName]
    if (!before || isPlannedAs(plan, before.jobIds)) continue
    const names = objectNames(storage.prefix, runName, plan.videoName)
    if (uploaded('film', plan, before, { bucket: storage.bucket, names })) continue
    const stored = await storage.stat(names.film, signal)
    if (stored) throw nameTaken(runName, plan.videoName, `gs://${storage.bucket}/${names.film}`)
  }
}

/**
 * Listing may be forbidden where writing is allowed: then warn, because a clash shows only at upload. Any other error
 * would hit the upload too, so it is thrown now.
 */
async function isInBucket(session: PlannedSession, { storage }: Clients, runName: string): Promise<boolean> {
  const { settings, plans, output, signal } = session
  if (!settings.run.upload) return false
  try {
    return await hasObjects(storage, runName, plans, signal)
  } catch (error) {
    if (!(error instanceof PromptRunnerError) || statusOf(error.cause) !== 403) throw error
    output.warn(`Whether the bucket has films of a run ${runName} already is not known: ${error.message}`)
    return false
  }
}
