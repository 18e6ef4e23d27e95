import { join } from 'node:path'
import { createClients } from '../clients/create-clients.ts'
import { runProgram } from '../clients/ffmpeg.ts'
import { realPace } from '../clients/real-pace.ts'
import { readProfiles } from '../config/read-profiles.ts'
import type { Settings } from '../config/settings-types.ts'
import { estimateFacts } from '../domain/estimate/estimate-data.ts'
import { isGpu } from '../domain/estimate/gpu-name.ts'
import { uuidV5 } from '../domain/ids.ts'
import { jobsOf, type Plan, workflowsBefore } from '../domain/plan.ts'
import { runRetries } from '../domain/retry-policy.ts'
import type { EmitRunEvent } from '../domain/run-event.ts'
import type { PromptRunnerError } from '../errors.ts'
import { createCapture } from '../network/capture/capture.ts'
import type { StartEngine } from '../network/engine.ts'
import { installNetwork } from '../network/install.ts'
import { keepMemoryLow } from '../network/keep-memory-low.ts'
import { hostTable } from '../network/safety/host-table.ts'
import { orchestrate } from '../orchestrator/orchestrate.ts'
import type { RunContext } from '../orchestrator/run-context.ts'
import { openShare } from '../orchestrator/share.ts'
import { openSpending } from '../orchestrator/spending.ts'
import { tellLeftOut } from '../recording/left-out.ts'
import { createRedactor } from '../recording/redact.ts'
import { unusedPrompts, unusedRecording } from '../recording/unused.ts'
import { rehearsalOf } from '../report/rehearsal.ts'
import { writeJobPlans } from '../report/run-folder.ts'
import { openBooks } from '../simulators/bookkeeper.ts'
import { unknownVersion } from '../simulators/comfyui/rules.ts'
import { ffmpegSimulator } from '../simulators/ffmpeg-simulator.ts'
import {
  atBasePath,
  type MakeComfyui,
  type SimulatedServices,
  simulatedServices,
} from '../simulators/simulated-services.ts'
import { virtualClock } from '../simulators/virtual-clock.ts'
import { chooseRehearsal } from './choose-run.ts'
import { takeRun } from './claim-run.ts'
import { estimateFilms } from './estimate/estimate-films.ts'
import { filmWork, leftOf } from './estimate/film-work.ts'
import { knownMachine } from './estimate/known-machine.ts'
import { faultsOf } from './faults-of.ts'
import { fillServer } from './fill-server.ts'
import { keepReport } from './keep-report.ts'
import { maskedMedia } from './masked-media.ts'
import { moneyProblems } from './money-problems.ts'
import { type Planned, showPlans } from './plan-all.ts'
import { openReaders } from './readers.ts'
import { redactedFolder } from './redacted-folder.ts'
import { makeRunFolder, rebase } from './rehearsal-folder.ts'
import { rehearsalPace } from './rehearsal-pace.ts'
import type { RunHost, RunOutput } from './run-host.ts'
import { secretsOf } from './secrets-of.ts'
import { errorsOf, settle } from './settle.ts'
import { takeOver } from './take-over.ts'
import { rehearsedTimes, termsOf, termsText } from './terms.ts'
import { unknownClasses } from './unknown-classes.ts'

/** Jobs from which on a rehearsal is worth collecting early for. */
const LONG = 60

/**
 * The whole run on the real clients, over a simulated network. Nothing outside the run folder is written.
 * Throws what the run, the network and the safety rules have to report, after the summary.
 */
export async function rehearse(settings: Settings, planned: Planned, host: RunHost): Promise<number> {
  const { plans, templates } = planned
  const { output, signal } = host
  using _memory = plans.flatMap(jobsOf).length > LONG ? keepMemoryLow() : null
  using clock = virtualClock(settings.dryRun.startTime ?? Date.now(), settings.dryRun.speed)
  const startedAt = clock.now()
  if (settings.dryRun.realFfmpeg) await (await import('./check-needs.ts')).checkPrograms(settings, plans)
  const chosen = await chooseRehearsal(settings, plans, planned.identity)
  const { runId, runName } = chosen
  const newId = counter((count) => uuidV5(`simulated ${count}`, runId))
  const { behaviours, dryRun } = settings
  const faults = await faultsOf(settings, { clock, isVirtual: dryRun.speed === 0 })
  const books = openBooks(clock)
  const several = settings.servers.length > 0 ? await import('./many/rehearsed-fleet.ts') : null
  const fleet = several?.rehearsedFleet(settings, { clock, faults, books }) ?? null
  const comfyui = fleet?.comfyui ?? ((make: MakeComfyui) => faults.comfyui(books.comfyui(make)))
  const world = await simulatedServices(dryRun.recording, { clock, newId, behaviours, comfyui })
  tellLeftOut(world.recording, output)
  const unknown = unknownVersion(world.knowledge.version)
  if (unknown) output.warn(unknown)
  const lacking = unknownClasses(plans, templates, { name: dryRun.recording, knowledge: world.knowledge, behaviours })
  if (lacking) throw lacking
  showPlans(plans, output, chosen.filmNames)

  host.endInOrder()
  const folder = makeRunFolder(settings, startedAt, output)
  output.attachLog(join(folder, 'logs', 'pr.log'), clock.now)
  const redactor = createRedactor(secretsOf(settings))
  const files = redactedFolder(folder, redactor)
  writeJobPlans(folder, plans, { runName, at: startedAt, write: files.write })
  const layout = rebase(settings.run.outputDir, chosen, { folder, files })
  const begun = await takeOver(chosen, planned, layout, { dryRun: true, now: clock.now })
  const { run } = begun
  const disks = fleet?.disks(run.earlier) ?? { all: [world.comfyui.files], of: () => world.comfyui.files }
  await fillServer(disks, { settings, plans, earlier: run.earlier, host })

  using capture = createCapture({ folder, clock, redactor, note: files.note })
  const ffmpeg = settings.dryRun.realFfmpeg ? null : ffmpegSimulator()
  const programs: readonly string[] = Object.values(settings.programs)
  await using network = await installNetwork({
    services: world.all.map((service) => {
      if (fleet && service === world.comfyui) return maskedMedia(fleet.service, redactor.text)
      const kept = books.wrap(service, faults.wrap)
      if (service !== world.comfyui) return kept
      return atBasePath(maskedMedia(kept, redactor.text), settings.comfyui.url.pathname)
    }),
    lines: faults.lines,
    ...(fleet && { lineAt: fleet.lineAt }),
    hosts: hostTable(
      settings.comfyui.url,
      settings.servers.map(({ url }) => url),
    ),
    capture,
    redactor,
    mayRun: (file) => ffmpeg === null && programs.includes(file),
    engine: await engineNamed(settings.dryRun.engine),
  })
  const clients = await createClients(settings, {
    clientId: uuidV5('client', runId),
    run: faults.programs(ffmpeg?.run ?? runProgram),
    webSocket: network.webSocket,
    pace: dryRun.faults.length > 0 ? rehearsalPace(clock, dryRun.speed) : realPace,
  })
  using _disk = faults.disk()
  const jobsBefore = workflowsBefore(plans)
  const { storage } = clients
  const toTake = { runName, journal: layout.journal, isNew: chosen.earlier === null, maker: runId }
  const shared = settings.run.uploadAll ? await takeRun(join(folder, 'state'), storage, toTake, signal) : null
  const { options } = host.commandLine
  const work = filmWork(planned, leftOf(plans, run.earlier))
  const shown = { work, times: isGpu(world.knowledge.device) ? 'simulated' : 'hidden', share: dryRun.speed } as const
  const redact = (line: string) => files.redacted(layout.journal, line)
  const start = { ...begun, plans, dryRun: true, journal: layout.journal, redact, now: clock.now, options, shown }
  const told = (emit: EmitRunEvent) => faults.events(books.events(fleet?.events(emit) ?? emit), jobsBefore)
  using readers = openReaders(start, output, told)
  const share =
    shared && openShare({ ...shared, storage, runName, journal: layout.journal, warn: readers.warn, signal })
  // A rehearsal keeps its state in its own folder, so the name alone would not find it.
  const resumeCommand = host.commandLine.resume(runName, { dryRun: true, outputDir: folder })
  const terms = termsOf(settings, null, clock.now())
  const spends = { terms, earlier: run.earlier, resumeCommand, now: clock.now }
  const spending = openSpending(spends)
  const limits = termsText(spending)
  if (limits) output.info(limits)
  const { name, entries } = world.recording
  const machine = knownMachine(settings, work, { name, entries, device: world.knowledge.device })
  const alone = estimateFilms(work, machine, readProfiles)
  const estimated = fleet?.estimate(alone, work) ?? alone
  if ('estimate' in estimated) readers.emit({ kind: 'estimate', at: clock.now(), ...estimateFacts(estimated.estimate) })
  const times = rehearsedTimes(spending.terms, world.recording.name, world.knowledge.device)
  if (times) output[times.level](times.text)
  const context: RunContext = {
    ...run,
    clients,
    templates,
    layout,
    workflowsBefore: jobsBefore,
    options: settings.run,
    retries: { ...runRetries, patience: settings.run.patience },
    spending,
    resumeCommand,
    share,
    now: clock.now,
    emit: readers.emit,
    write: files.write,
    signal,
    closing: host.closing,
    ask: async () => false,
    atLeave: () => {},
  }
  const servers = await fleet?.serversOf(context, spends, network.webSocket)
  const failures = await orchestrate(context, plans, servers).finally(capture.close).finally(files.settle)

  const tally = readers.tally()
  const errors = [
    ...errorsOf(failures, resumeCommand),
    ...network.problems(),
    ...faults.problems(),
    ...(planned.identity?.wasLive ? [] : await moneyProblems(books, settings, failures)),
    ...neverUsed(world, settings, plans, output),
  ]
  const rehearsal = {
    ...rehearsalOf(world, network.report(), ffmpeg, tally, faults, {
      noEstimate: 'none' in estimated ? estimated.none : '',
      jobTimeout: settings.run.jobTimeout,
    }),
    redacted: files.changed(),
  }
  const keep = async (kept: unknown) => {
    const summary = join(folder, 'summary.json')
    files.write(summary, kept)
    const place = { journal: layout.journal, summary, folder, redact: (text: string) => text }
    return await keepReport(join(folder, 'report.html'), place, templates, output)
  }
  return settle({ tally, errors, rehearsed: { folder, rehearsal }, servers: fleet?.rented, keep }, output)
}

/** What of the recording stayed unused: with `--strict` a failure, else news. */
function neverUsed(
  { recording: { entries }, comfyui }: SimulatedServices,
  settings: Settings,
  [plan]: readonly Plan[],
  output: RunOutput,
): PromptRunnerError[] {
  const { recording, strict } = settings.dryRun
  const unused = unusedPrompts(entries, comfyui.report().ran)
  if (unused.length === 0) return []
  if (strict) return [unusedRecording(recording, unused, plan!.promptFile)]
  output.info(`Never used of recording ${recording}: prompts ${unused.map(({ prompt }) => prompt).join(', ')}`)
  return []
}

/** Only the engine that is asked for is loaded. */
async function engineNamed(name: 'wire' | 'msw'): Promise<StartEngine> {
  return name === 'wire'
    ? (await import('../network/wire/wire.ts')).wireEngine
    : (await import('../network/libraries/msw-engine.ts')).mswEngine
}

function counter(make: (count: number) => string): () => string {
  let count = 0
  return () => {
    count += 1
    return make(count)
  }
}
