import { cpSync, existsSync } from 'node:fs'
import { join } from 'node:path'
import { createClients } from '../clients/real-clients.ts'
import { createLayout, type Layout } from '../config/layout.ts'
import type { PromptRunnerError } from '../errors.ts'
import { createCapture } from '../network/capture.ts'
import { hostTable } from '../network/host-table.ts'
import { installNetwork } from '../network/install.ts'
import { uuidV5 } from '../orchestrator/ids.ts'
import { notSimulated } from '../report/not-simulated.ts'
import { createRunFolder, writeJobPlans, writeJson } from '../report/run-folder.ts'
import { estimateOf, makeSummary, type Summary } from '../report/summary.ts'
import { summaryText } from '../report/summary-text.ts'
import { ffmpegSimulator } from '../simulators/ffmpeg/ffmpeg-simulator.ts'
import { simulatedServices } from '../simulators/simulated-services.ts'
import { virtualClock } from '../simulators/virtual-clock.ts'
import { failureText } from './failure.ts'
import { failureOf, type PlannedSession, runPlans, settleRun } from './run-plans.ts'

/**
 * The whole run on the real clients, over a simulated network. Nothing outside the run folder is written.
 * Returns the exit code: the highest that the run, the network and the safety rules ask for.
 */
export async function rehearse(session: PlannedSession): Promise<number> {
  const { settings, output, plans } = session
  const clock = virtualClock(settings.dryRun.startTime ?? Date.now(), settings.dryRun.speed)
  const startedAt = clock.now()
  const folder = createRunFolder(settings.dryRun.tempDir, startedAt)
  output.attachLog(join(folder, 'logs', 'pr.log'), clock.now)
  const { identity, earlier } = settleRun(session, settings.run.outputDir)
  const layout = rebase(settings.run.outputDir, folder, identity.runName)
  for (const plan of plans) writeJobPlans(folder, plan, identity.runName, startedAt)

  const ids = counter((count) => uuidV5(`simulated ${count}`, identity.runId))
  const world = await simulatedServices(settings.dryRun.recording, { clock, newId: ids })
  const capture = createCapture({ folder, clock })
  const ffmpeg = settings.dryRun.realFfmpeg ? null : ffmpegSimulator()
  const programs = Object.values(settings.programs)
  await using network = await installNetwork({
    services: world.all,
    hosts: hostTable(settings.comfyui.url),
    capture,
    mayRun: (file) => ffmpeg === null && programs.includes(file),
  })
  const clients = await createClients(settings, { clientId: uuidV5('client', identity.runId), run: ffmpeg?.run })
  const outcome = await runPlans(session, { identity, earlier, clients, layout, now: clock.now })
  await capture.close()

  const failures = [failureOf(outcome), ...network.problems()].filter(
    (failure): failure is PromptRunnerError => failure !== null,
  )
  const summary = makeSummary(outcome.tally, {
    dryRun: true,
    folder,
    failures,
    rehearsal: rehearsalOf(),
  })
  writeJson(join(folder, 'summary.json'), summary)
  for (const failure of failures) output.error(failureText(failure, output))
  output.print(summaryText(summary).join('\n'))
  output.result(summary)
  return summary.exit_code

  function rehearsalOf(): NonNullable<Summary['rehearsal']> {
    const { recording, knowledge, comfyui } = world
    const { realConnections, refused, unmatched, requests, provenance } = network.report()
    const { synthetic } = comfyui.report()
    const seconds = Object.values(outcome.tally.videos).reduce(
      (sum, { tookMs }) => sum + (tookMs.high + tookMs.low + tookMs.combine) / 1000,
      0,
    )
    return {
      recording: {
        name: recording.name,
        recorded: recording.facts.recorded,
        server: `ComfyUI ${knowledge.version}`,
        device: knowledge.device,
      },
      requests,
      answers: provenance,
      synthetic_classes: synthetic,
      real_connections: realConnections,
      refused: refused.map(({ kind, target }) => `${kind} ${target}`),
      unmatched: [...unmatched.map(({ method, url }) => `${method} ${url}`), ...(ffmpeg?.unmatched ?? [])],
      estimate: estimateOf(seconds, knowledge.device, outcome.tally.pod?.costPerHour ?? null),
      not_simulated: notSimulated(outcome.tally, { ffmpeg: ffmpeg === null ? 'real' : 'simulated', synthetic }),
    }
  }
}

/** Where the run's own files go instead; the state of an earlier part of the run comes along as a copy. */
function rebase(outputDir: string, folder: string, runName: string): Layout {
  const layout = createLayout(join(folder, 'output'), join(folder, 'state'))
  const journal = createLayout(outputDir).journal(runName)
  if (existsSync(journal)) cpSync(journal, layout.journal(runName))
  return layout
}

function counter(make: (count: number) => string): () => string {
  let count = 0
  return () => {
    count += 1
    return make(count)
  }
}
