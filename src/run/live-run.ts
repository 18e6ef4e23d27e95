import type { Clients, PodInfo, SystemStats } from '../clients/clients.ts'
import { createClients } from '../clients/create-clients.ts'
import { createLayout, stateDirOf } from '../config/layout.ts'
import { readProfiles } from '../config/read-profiles.ts'
import type { Settings } from '../config/settings-types.ts'
import { estimateFacts } from '../domain/estimate/estimate-data.ts'
import { gpuName, isGpu } from '../domain/estimate/gpu-name.ts'
import { uuidV5 } from '../domain/ids.ts'
import { workflowsBefore } from '../domain/plan.ts'
import { priceText } from '../domain/price.ts'
import { runRetries } from '../domain/retry-policy.ts'
import { PromptRunnerError } from '../errors.ts'
import { writeJson } from '../files/write-json.ts'
import { orchestrate } from '../orchestrator/orchestrate.ts'
import type { RunContext } from '../orchestrator/run-context.ts'
import { openShare } from '../orchestrator/share.ts'
import { openSpending } from '../orchestrator/spending.ts'
import type { RunLock } from '../state/run-lock.ts'
import { refuseOtherServer } from './approval/approved-plan.ts'
import { awaitStart } from './await-start.ts'
import { beforeStart } from './before-start.ts'
import { checkNeeds, refusalOf } from './check-needs.ts'
import { type ChosenRun, chooseLiveRun } from './choose-run.ts'
import { claimName, forgetClaim, takeRun } from './claim-run.ts'
import { ctrlCText } from './ctrl-c.ts'
import { correctEstimate } from './estimate/correct-estimate.ts'
import { estimatedText, estimateFilms } from './estimate/estimate-films.ts'
import { filmWork, leftOf } from './estimate/film-work.ts'
import { knownServer } from './estimate/known-machine.ts'
import { keepReport } from './keep-report.ts'
import { livePlace } from './live-place.ts'
import type { LiveFleet } from './many/live-fleet.ts'
import type { Outside } from './outside.ts'
import { type Planned, showPlans } from './plan-all.ts'
import { openReaders } from './readers.ts'
import { redactedWords, wordsRedactor } from './redacted-words.ts'
import type { RunHost } from './run-host.ts'
import { errorsOf, settle } from './settle.ts'
import { takeOver } from './take-over.ts'
import { isInBucket, isOnServer, refuseTakenNames } from './taken-names.ts'
import { termsOf, termsText } from './terms.ts'

const realWorld: Outside = { isReal: true, now: () => Date.now(), clients: {}, events: (emit) => emit }

/** Shows which server, which pod and which price, asks, and runs. Throws what the run has to report, after the summary. */
export async function runLive(
  given: Settings,
  planned: Planned,
  host: RunHost,
  outside: Outside = realWorld,
): Promise<number> {
  if (given.run.isElsewhere) await (await import('./fetch-run.ts')).fetchRun(given, host)
  // One server needs none of what several do.
  const several = given.servers.length > 0 ? await import('./many/live-fleet.ts') : null
  const answering = several && (await several.answeringFleet(given, host, outside))
  const settings = answering?.settings ?? given
  const { plans, templates } = planned
  const { output, signal } = host
  const { now } = outside
  const { outputDir } = settings.run
  const openFleet = (runId: string) =>
    answering ? several!.openLiveFleet(answering, { planned, runId, host, outside }) : null
  const { run, lock, clients, stats, fleet } = await meetServer(settings, planned, host, { outside, openFleet })
  using _lock = lock
  const { runName } = run
  if (planned.approved) await refuseOtherServer(planned.approved, settings, planned, clients.comfyui, host)
  if (settings.run.upload) await refuseTakenNames(plans, clients, run, signal)
  showPlans(plans, output, run.filmNames)
  const info = await showPod(clients, fleet ? null : { settings, stats, runName }, host)
  const { version, device } = fleet
    ? await fleet.show(runName)
    : await checkServer(settings, planned, { ...clients, stats }, host)
  const resumeCommand = host.commandLine.resume(runName)
  const terms = fleet ? termsOf(fleet.settings, null, now()) : termsOf(settings, info, now())
  const spends = { terms, earlier: run.earlier, resumeCommand, now }
  const spending = openSpending(spends)
  const limits = termsText(spending)
  if (limits) output.info(limits)
  const work = filmWork(planned, leftOf(plans, run.earlier ?? planned.takes))
  const alone = estimateFilms(work, knownServer(settings, work, device), readProfiles)
  const estimated = fleet ? fleet.estimate(alone, work) : alone
  const estimate = 'estimate' in estimated ? estimated.estimate : null
  for (const line of estimatedText(estimated, spending.terms.price)) output.info(line)
  const { lines, warnings, question } = beforeStart({ settings, run, work, estimate, spending, pod: info })
  for (const line of lines) output.info(line)
  for (const warning of warnings) output.warn(warning)
  await host.confirm(question)

  let left: () => readonly string[] = () => []
  const areSeveral = (fleet?.servers ?? []).length > 1
  host.endInOrder((press) => output.warn(ctrlCText(press, { left: left(), resumeCommand, areSeveral })))
  const layout = createLayout(outputDir, runName)
  const stateDir = stateDirOf(outputDir)
  const isNew = run.earlier === null
  if (isNew) await claimName(settings, clients, runName, host)
  if (isNew) await fleet?.claim(runName, clients.storage)
  const shared = settings.run.uploadAll
    ? await takeRun(stateDir, clients.storage, { runName, journal: layout.journal, isNew }, signal)
    : null
  const begun = await takeOver(run, planned, layout, { dryRun: false, now })
  const jobsBefore = workflowsBefore(plans)
  const words = wordsRedactor(settings)
  const shown = { work, times: 'real', share: outside.isReal ? 1 : 0 } as const
  const start = {
    ...begun,
    plans,
    dryRun: false,
    journal: layout.journal,
    now,
    options: host.commandLine.options,
    shown,
    redactWords: words,
  }
  using readers = openReaders(start, output, (emit) => outside.events(emit, jobsBefore))
  forgetClaim(stateDir, runName)
  readers.emit({ kind: 'server', at: now(), gpu: device, version })
  if (estimate) readers.emit({ kind: 'estimate', at: now(), ...estimateFacts(estimate) })
  const { storage } = clients
  const share =
    shared && openShare({ ...shared, storage, runName, journal: layout.journal, warn: readers.warn, signal })
  const context: RunContext = {
    ...begun.run,
    clients,
    templates,
    layout,
    workflowsBefore: jobsBefore,
    options: settings.run,
    retries: { ...runRetries, patience: settings.run.patience },
    spending,
    resumeCommand,
    now,
    share,
    emit:
      !fleet && (estimate || isGpu(device))
        ? correctEstimate(readers.emit, { work, before: estimate, gpu: gpuName(device), now })
        : readers.emit,
    write: writeJson,
    signal,
    closing: host.closing,
    ask: host.ask,
    atLeave(tell) {
      left = tell
    },
  }
  // Each server has a client of its own from here on.
  if (fleet) await clients.comfyui.close()
  const failures = await orchestrate(context, plans, fleet?.serversOf(context, spends))

  const errors = errorsOf(failures, resumeCommand)
  const keep = async (summary: unknown) => {
    // What was rendered is worth more than what is said of it.
    try {
      writeJson(layout.summary, redactedWords(summary, words))
    } catch (error) {
      if (!(error instanceof PromptRunnerError)) throw error
      output.warn(error.message)
    }
    // Nobody looks at the pages of simulated lives.
    if (!outside.isReal) return null
    return await keepReport(layout.page, livePlace(layout, settings), templates, output)
  }
  return settle({ tally: readers.tally(), errors, rehearsed: null, servers: fleet?.rented, keep }, output)
}

/**
 * Chooses the run and makes its clients, under a name that is new to the server and the bucket too. Prompt ids and
 * object names follow from the work and the name, so those of an earlier run from another output directory would be
 * taken for this one's. What does not answer as ComfyUI is not asked about names: it may say yes to each.
 */
async function meetServer(
  settings: Settings,
  planned: Planned,
  host: RunHost,
  { outside, openFleet }: { outside: Outside; openFleet: (runId: string) => Promise<LiveFleet> | null },
): Promise<{ run: ChosenRun; lock: RunLock; clients: Clients; stats: SystemStats; fleet: LiveFleet | null }> {
  const { plans } = planned
  const taken = new Set<string>()
  let stats: SystemStats | null = null
  const check = async (earlier: ChosenRun['earlier']) =>
    outside.isReal && checkNeeds(settings, planned, { earlier, outside: outside.clients }, host)
  if (settings.run.resume === null) await check(null)
  for (;;) {
    const { run, lock } = await chooseLiveRun(settings, plans, taken)
    const { runId, runName, earlier } = run
    try {
      if (earlier !== null) await check(earlier)
      const clients = await createClients(settings, { ...outside.clients, clientId: uuidV5('client', runId) })
      if (taken.size === 0) await awaitStart(settings.run.patienceAtStart, clients, host)
      stats ??= await clients.comfyui.systemStats(host.signal)
      const fleet = await openFleet(runId)
      const isTaken =
        earlier === null &&
        ((await isOnServer(clients, run, plans, host)) ||
          (await fleet?.isTaken(run)) ||
          (settings.run.upload && (await isInBucket(clients, run, plans, host))))
      if (!isTaken) return { run, lock, clients, stats, fleet }
      await fleet?.close()
      await clients.comfyui.close()
    } catch (error) {
      lock[Symbol.dispose]()
      throw error
    }
    taken.add(runName)
    lock[Symbol.dispose]()
    if (taken.size === NAMES) throw allTaken(settings, runName)
  }
}

/** A hundredth run of the same work is less likely than a server that says yes to everything. */
const NAMES = 100

function allTaken({ comfyui }: Settings, last: string): PromptRunnerError {
  const message = `${NAMES} names for this run, to ${last}, are taken on ${comfyui.url.href}`
  return new PromptRunnerError('PR_STATE', message, { hint: 'look whether it says so of every file' })
}

/** Says where the run goes, if that is one server, and what RunPod says of the pod. */
async function showPod(
  { pod }: Clients,
  server: { readonly settings: Settings; readonly stats: SystemStats; readonly runName: string } | null,
  { output, signal }: RunHost,
): Promise<PodInfo | null> {
  if (server) {
    const { settings, stats, runName } = server
    const devices = stats.devices.map((device) => device.name).join(', ')
    output.info(`Run ${runName} on ${settings.comfyui.url.href}: ComfyUI ${stats.comfyuiVersion}, ${devices}`)
  }
  const info = (await pod?.info(signal)) ?? null
  if (!info) return null
  const price = priceText({ perHour: info.costPerHour, from: 'runpod', at: Date.now() })
  output.info(
    `Pod ${info.id} (${info.gpu ? `${info.gpu.count} × ${info.gpu.id}` : 'no GPU'}): ${info.status}, ${price} now`,
  )
  return info
}

/** What the only server says of itself. Throws PR_INVALID_WORKFLOW for what it would refuse. */
async function checkServer(
  settings: Settings,
  planned: Planned,
  { comfyui, stats }: Clients & { stats: SystemStats },
  { signal }: RunHost,
): Promise<{ version: string; device: string }> {
  const invalid = await refusalOf(settings, planned, comfyui, signal)
  if (invalid) throw invalid
  return { version: stats.comfyuiVersion, device: stats.devices[0]?.name ?? '' }
}
