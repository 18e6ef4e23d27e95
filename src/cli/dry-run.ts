import { copyFileSync, existsSync } from 'node:fs'
import { join } from 'node:path'
import { createMediaClient } from '../clients/ffmpeg.ts'
import { createClients } from '../clients/real-clients.ts'
import { createLayout, journalOf, type Layout, stateDirOf } from '../config/layout.ts'
import type { Settings } from '../config/settings-types.ts'
import { uuidV5 } from '../domain/ids.ts'
import { jobsOf } from '../domain/jobs-of.ts'
import { PromptRunnerError } from '../errors.ts'
import { isFile } from '../files/file-kind.ts'
import { createCapture } from '../network/capture/capture.ts'
import { collectEarly } from '../network/collect-early.ts'
import type { StartEngine } from '../network/engine.ts'
import { installNetwork } from '../network/install.ts'
import { hostTable } from '../network/safety/host-table.ts'
import { createRedactor } from '../recording/redact.ts'
import { unusedPrompts, unusedRecording } from '../recording/unused.ts'
import { rehearsalOf } from '../report/rehearsal.ts'
import { createRunFolder, writeJobPlans, writeJson } from '../report/run-folder.ts'
import { makeSummary } from '../report/summary.ts'
import { summaryText } from '../report/summary-text.ts'
import { atBasePath } from '../simulators/at-base-path.ts'
import { restoreFiles } from '../simulators/comfyui/files/restore-files.ts'
import { ffmpegSimulator } from '../simulators/ffmpeg/ffmpeg-simulator.ts'
import { type SimulatedServices, simulatedServices } from '../simulators/simulated-services.ts'
import { virtualClock } from '../simulators/virtual-clock.ts'
import type { RunState } from '../state/run-state.ts'
import { errorsOf, type PlannedSession, runPlans, showPlans, throwAny } from './run-plans.ts'
import { settleRehearsal } from './settle-run.ts'

/** Jobs from which on a rehearsal is worth collecting early for. */
const LONG = 60

/**
 * The whole run on the real clients, over a simulated network. Nothing outside the run folder is written.
 * Throws what the run, the network and the safety rules have to report, after the summary.
 */
export async function rehearse(session: PlannedSession): Promise<number> {
  const { settings, output, plans } = session
  using _memory = plans.flatMap(jobsOf).length > LONG ? collectEarly() : null
  using clock = virtualClock(settings.dryRun.startTime ?? Date.now(), settings.dryRun.speed)
  const startedAt = clock.now()
  const settled = settleRehearsal(session)
  const { identity, earlier, filmNames } = settled
  const newId = counter((count) => uuidV5(`simulated ${count}`, identity.runId))
  const world = await simulatedServices(settings.dryRun.recording, { clock, newId })
  showPlans(session, filmNames)

  session.endInOrder()
  const folder = makeRunFolder(session, startedAt)
  output.attachLog(join(folder, 'logs', 'pr.log'), clock.now)
  writeJobPlans(folder, plans, identity.runName, startedAt)
  const layout = rebase(settings.run.outputDir, folder, identity.runName)
  await furnish(world, session, earlier)

  const redactor = createRedactor(secretsOf(settings))
  const capture = createCapture({ folder, clock, redactor })
  const ffmpeg = settings.dryRun.realFfmpeg ? null : ffmpegSimulator()
  const programs: readonly string[] = Object.values(settings.programs)
  await using network = await installNetwork({
    services: world.all.map((service) =>
      service === world.comfyui ? atBasePath(service, settings.comfyui.url.pathname) : service,
    ),
    hosts: hostTable(settings.comfyui.url),
    capture,
    redactor,
    mayRun: (file) => ffmpeg === null && programs.includes(file),
    engine: await engineNamed(settings.dryRun.engine),
  })
  const clients = await createClients(settings, {
    clientId: uuidV5('client', identity.runId),
    run: ffmpeg?.run,
    webSocket: network.webSocket,
  })
  const outcome = await runPlans(session, { ...settled, clients, layout, now: clock.now }).finally(capture.close)

  const errors = [...errorsOf(outcome.failures), ...network.problems(), ...neverUsed(world, session)]
  const rehearsal = rehearsalOf(world, network.report(), ffmpeg, outcome.tally)
  const summary = makeSummary(outcome.tally, { dryRun: true, folder, failures: errors, rehearsal })
  writeJson(join(folder, 'summary.json'), summary)
  output.print(summaryText(summary).join('\n'))
  output.result(summary)
  throwAny(errors)
  return 0
}

/** Some folders look as if they could be written to and cannot, like those of /proc. */
function makeRunFolder({ settings, output }: PlannedSession, startedAt: number): string {
  const { tempDir, currentDir } = settings.dryRun
  try {
    return createRunFolder(tempDir, startedAt)
  } catch (error) {
    if (tempDir === currentDir || !(error instanceof PromptRunnerError)) throw error
    output.warn(`${error.message}: the run folder goes to ${currentDir} instead`)
    return createRunFolder(currentDir, startedAt)
  }
}

/** Tells the simulated server of the files that the real one holds from an earlier part of the run, and of those it is to be sent. */
async function furnish(
  { comfyui: { files } }: SimulatedServices,
  { settings, output, plans, signal }: PlannedSession,
  earlier: RunState | null,
): Promise<void> {
  for (const plan of plans) {
    const left = earlier?.videos[plan.videoName]
    const count = left ? restoreFiles(files, plan, left, isFile) : 0
    if (count > 0 && left?.status !== 'finished')
      output.info(`${plan.videoName}: the simulated server is given ${count} files that the real one holds`)
  }
  if (plans.every(({ controlVideo }) => controlVideo === null)) return
  const { describeVideos } = await import('../planning/describe-videos.ts')
  const media = createMediaClient(settings.programs)
  for (const warning of await describeVideos(plans, files, media, signal)) output.warn(warning)
}

/** What of the recording stayed unused: with `--strict` a failure, else news. */
function neverUsed(
  { recording: { entries }, comfyui }: SimulatedServices,
  { settings, output }: PlannedSession,
): PromptRunnerError[] {
  const { recording, strict } = settings.dryRun
  const unused = unusedPrompts(entries, comfyui.report().ran)
  if (unused.length === 0) return []
  if (strict) return [unusedRecording(recording, unused)]
  output.info(`Never used of recording ${recording}: prompts ${unused.map(({ prompt }) => prompt).join(', ')}`)
  return []
}

/** Only the engine that is asked for is loaded. */
async function engineNamed(name: 'wire' | 'msw'): Promise<StartEngine> {
  return name === 'wire'
    ? (await import('../network/wire/wire.ts')).wireEngine
    : (await import('../network/libraries/msw-engine.ts')).mswEngine
}

/** Where the run's own files go instead; the state of an earlier part of the run comes along as a copy. */
function rebase(outputDir: string, folder: string, runName: string): Layout {
  const layout = createLayout(join(folder, 'output'), runName, join(folder, 'state'))
  const journal = journalOf(stateDirOf(outputDir), runName)
  if (existsSync(journal)) copyFileSync(journal, layout.journal)
  return layout
}

function secretsOf({ comfyui, pod }: Settings): Record<string, string | null> {
  return { ...comfyui.headers, comfyui_token: comfyui.token, runpod_api_key: pod.apiKey }
}

function counter(make: (count: number) => string): () => string {
  let count = 0
  return () => {
    count += 1
    return make(count)
  }
}
