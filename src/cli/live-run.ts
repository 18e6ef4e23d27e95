import { createClients } from '../clients/real-clients.ts'
import { createLayout } from '../config/layout.ts'
import { invalidPlans } from '../doctor/invalid-plans.ts'
import { uuidV5 } from '../orchestrator/ids.ts'
import { makeSummary } from '../report/summary.ts'
import { summaryText } from '../report/summary-text.ts'
import { confirm } from './confirm.ts'
import { errorsOf, type PlannedSession, runPlans, showPlans, throwAny } from './run-plans.ts'
import { settleLiveRun } from './settle-run.ts'

/** Shows which server, which pod and which price, asks, and runs. Returns the exit code. */
export async function runLive(session: PlannedSession): Promise<number> {
  const { settings, output, signal } = session
  const { outputDir, yes } = settings.run
  const { lock, ...settled } = settleLiveRun(session, Date.now())
  using _untilTheEnd = lock
  const { identity, filmNames } = settled
  showPlans(session, filmNames)
  const clients = await createClients(settings, { clientId: uuidV5('client', identity.runId) })
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
    ...settled,
    clients,
    layout: createLayout(outputDir, identity.runName),
    now: Date.now,
  })
  const errors = errorsOf(outcome.failures)
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
