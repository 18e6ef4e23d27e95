import type { ComfyuiClient, SystemStats } from '../clients/clients.ts'
import type { Settings } from '../config/settings-types.ts'
import type { Templates } from '../domain/bindings.ts'
import type { Plan } from '../domain/plan.ts'
import { quoted } from '../domain/shell-word.ts'
import { capacityText, counted } from '../domain/wording.ts'
import { checkPlans, type PlanFinding } from '../planning/check-plans.ts'
import { jobsText, missingPieces, type NeededPiece } from '../planning/invalid-plans.ts'
import { type ComfyuiKnowledge, comfyuiKnowledge } from '../recording/comfyui-knowledge.ts'
import { driftOf, driftText } from '../recording/drift.ts'
import { loadRecording } from '../recording/load-recording.ts'
import { factsOfRecording, type NodeUse, type ServerFacts, usesOf } from '../recording/server-facts.ts'
import { type OfflineServer, offlineServer } from '../simulators/comfyui/offline/check-graph.ts'
import { installHint, packText } from '../simulators/comfyui/offline/missing-place.ts'
import { unknownVersion } from '../simulators/comfyui/rules.ts'
import { type DoctorFinding, findingsOf } from './doctor-finding.ts'
import { factsOfServer } from './facts-of-server.ts'

/** Two 14B models in Q8, of 15 GB each; with less a server that keeps both dies without a word. */
const RAM_FOR_TWO_MODELS = 30e9

const { ok, warning, missing, stale } = findingsOf('comfyui')

/** What runs other workflows than the plan's keeps only the classes of those. */
const RECORD_CLASSES =
  'the recording has other classes than the plan: `pr record --probe --classes all --name mine` costs nothing and has all; name it with --recording'

const RECORDED_WITH = 'what a dry run shows may differ from that server: look for a newer version of this program'

/** What a run would need. */
export interface Work {
  readonly plans: readonly Plan[]
  readonly templates: Templates | null
  readonly recording: KnownRecording | null
  readonly behaviours: Settings['behaviours']
}

/** Asks a live server, by GETs that cost nothing, whether it can run the plans and is what was recorded. Throws PR_COMFY_*. */
export async function checkServer(client: ComfyuiClient, work: Work, signal?: AbortSignal): Promise<DoctorFinding[]> {
  const stats = await client.systemStats(signal)
  const features = await client.features(signal)
  const facts = await factsOfServer(client, signal)
  const limit = features['max_upload_size']
  const devices = stats.devices.map(({ name }) => name).join(', ')
  const upload = typeof limit === 'number' ? `, takes uploads up to ${capacityText(limit)}` : ''
  return [
    ok(`ComfyUI ${stats.comfyuiVersion} at ${client.address.href} on ${devices || 'an unknown device'}${upload}`),
    ...memory(stats),
    ...otherVersion(stats, work),
    ...driftSince(work, facts),
    ...(work.templates ? nodesAndModels(facts, work.templates, work) : []),
  ]
}

/** What teaches rehearsals of these plans how this server is. */
function recordIt([plan]: readonly Plan[]): string {
  const film = plan ? ` --prompt-file ${quoted(plan.promptFile)}` : ''
  return `take a recording of this server with \`pr record --name mine${film}\`, then rehearse with --recording mine`
}

function memory({ ramTotal }: SystemStats): DoctorFinding[] {
  if (ramTotal === 0 || ramTotal >= RAM_FOR_TWO_MODELS) return []
  const message = `the server has ${capacityText(ramTotal)} of memory, and the two models of a run take ${capacityText(RAM_FOR_TWO_MODELS)}`
  return [warning(message, 'start ComfyUI with --cache-none, or take a machine with more memory')]
}

function otherVersion({ comfyuiVersion }: SystemStats, { recording, plans }: Work): DoctorFinding[] {
  const recorded = recording?.knowledge.version ?? ''
  if (recorded === '' || recorded === comfyuiVersion) return []
  const message = `the server is ComfyUI ${comfyuiVersion}, but the recording ${recording!.name} is of ${recorded}: dry runs answer as ${recorded}`
  return [warning(message, recordIt(plans))]
}

/** How many things are told in one line; `pr drift` tells all. */
const TOLD = 5

/** What is no longer as it was recorded. The version has a line of its own. */
function driftSince({ recording, plans }: Work, live: ServerFacts): DoctorFinding[] {
  if (!recording) return []
  const { name, knowledge, uses } = recording
  const drift = driftOf(factsOfRecording(knowledge), live, uses).filter(({ isWarning }) => !isWarning)
  if (drift.length === 0) return [ok(`node classes and models are as in the recording ${name}`)]
  const told = drift
    .toSorted((a, b) => Number(b.failing.length > 0) - Number(a.failing.length > 0))
    .slice(0, TOLD)
    .map(driftText)
  const more = drift.length > TOLD ? `; and ${drift.length - TOLD} more` : ''
  const message = `${counted(drift.length, 'thing')} changed since the recording ${name}: ${told.join('; ')}${more}`
  const hint = `\`pr drift --recording ${name}\` tells all; ${recordIt(plans)}`
  return [drift.some(({ failing }) => failing.length > 0) ? stale(message, hint) : warning(message, hint)]
}

function recordedServer({ objectInfo, version }: ComfyuiKnowledge, behaviours: Work['behaviours']): OfflineServer {
  return offlineServer(objectInfo, { behaviours, version })
}

/** What keeps the plans from running there, and where the recording says otherwise. */
function nodesAndModels(
  { objectInfo, version }: ServerFacts,
  templates: Templates,
  { plans, recording, behaviours }: Work,
): DoctorFinding[] {
  const live = checkPlans(plans, templates, offlineServer(objectInfo, { behaviours, live: true, version }))
  const recorded = recording ? checkPlans(plans, templates, recordedServer(recording.knowledge, behaviours)) : live
  const lacking = missingPieces(live)
  const refused = live.filter((finding) => !finding.missing)
  const newlyRefused = refused.filter((finding) => !has(recorded, finding))
  const newlyAccepted = recorded.filter((finding) => !has(live, finding))
  return [
    ...(live.length === 0 ? [ok('it has every node class, model and LoRA of the plan')] : []),
    ...lacking.map(lack),
    ...refused
      .filter((finding) => has(recorded, finding))
      .map(({ message }) => missing('PR_INVALID_WORKFLOW', message, 'see `pr validate`')),
    ...newlyRefused.map(({ message }) =>
      stale(`the server refuses what the recording accepts: ${message}`, recordIt(plans)),
    ),
    ...newlyAccepted.map(({ message, missing: piece }) => {
      const hint = piece?.kind === 'node class' ? RECORD_CLASSES : recordIt(plans)
      return stale(`the server accepts what the recording refuses: ${message}`, hint)
    }),
  ]
}

/** The two may list other alternatives; the problem is the same one. */
const has = (findings: readonly PlanFinding[], { file, message }: PlanFinding): boolean =>
  findings.some((finding) => finding.file === file && finding.message === message)

function lack({ kind, name, place, nearest, neededBy }: NeededPiece): DoctorFinding {
  const jobs = neededBy.map((need) => jobsText(need.jobs)).join('; ')
  const meant = nearest === null ? '' : `; the nearest there is ${nearest}`
  const where = place === null ? '' : kind === 'node class' ? ` of ${packText(place)}` : ` in ${place}`
  const cure = kind === 'node class' ? installHint(place) : 'put the file there'
  return missing('PR_INVALID_WORKFLOW', `the server has no ${kind} ${name}${where}, needed by ${jobs}`, cure + meant)
}

/** What dry runs are answered from. */
interface KnownRecording {
  readonly name: string
  readonly knowledge: ComfyuiKnowledge
  /** Every node of the prompts in it. */
  readonly uses: readonly NodeUse[]
  readonly finding: DoctorFinding
}

/** Loads a recording and says what it is of. `now` in epoch milliseconds. Throws PR_RECORDING. */
export async function knowRecording(nameOrPath: string, now: number): Promise<KnownRecording> {
  const { entries, facts } = await loadRecording(nameOrPath)
  const knowledge = comfyuiKnowledge(entries)
  const { version, device } = knowledge
  const server = `ComfyUI ${version || 'of unknown version'} on ${device || 'an unknown device'}`
  const unknown = unknownVersion(version)
  const age = facts.recorded ? `, recorded ${facts.recorded} (${agoText(facts.recorded, now)})` : ''
  return {
    name: facts.name,
    knowledge,
    uses: usesOf(entries),
    finding: unknown
      ? findingsOf('recording').warning(`${facts.name}: ${unknown}`, RECORDED_WITH)
      : findingsOf('recording').ok(`${facts.name}: ${server}${age}`),
  }
}

const DAY = 86_400_000

function agoText(date: string, now: number): string {
  const days = Math.max(0, Math.floor((now - Date.parse(date)) / DAY))
  return days === 0 ? 'today' : `${counted(days, 'day')} ago`
}
