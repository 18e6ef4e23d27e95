import { homedir } from 'node:os'
import type { Clients, ComfyuiClient, RunProgram } from '../clients/clients.ts'
import { createClients } from '../clients/create-clients.ts'
import { runProgram } from '../clients/ffmpeg.ts'
import type { Settings } from '../config/settings-types.ts'
import type { DoctorFinding } from '../doctor/doctor-finding.ts'
import { lacksOfPrograms, lacksOfRun } from '../doctor/lacks-of-run.ts'
import type { Templates } from '../domain/bindings.ts'
import { uuidV5 } from '../domain/ids.ts'
import type { Plan } from '../domain/plan.ts'
import { PromptRunnerError } from '../errors.ts'
import { invalidPlans } from '../planning/invalid-plans.ts'
import type { RunState } from '../state/run-state.ts'
import type { Planned } from './plan-all.ts'
import type { RunHost } from './run-host.ts'
import { throwAny } from './settle.ts'

/**
 * Throws at once everything that a live run would miss only after its first paid job. The server is asked here only when something
 * else is missing, so that all is told together; else it may still be starting, and is asked when it has come up.
 */
export async function checkNeeds(
  settings: Settings,
  planned: Planned,
  { earlier, outside }: Part,
  host: RunHost,
): Promise<void> {
  const clients = await createClients(settings, { ...outside, clientId: uuidV5('needs', settings.run.outputDir) })
  const around = { clients, run: outside.run ?? runProgram, earlier }
  await lookAtNeeds(settings, planned, around, host).finally(() => clients.comfyui.close())
}

interface Part {
  /** What an earlier part of the run has left. */
  readonly earlier: RunState | null
  /** What clients are made with. */
  readonly outside: Omit<Parameters<typeof createClients>[1], 'clientId'>
}

async function lookAtNeeds(
  settings: Settings,
  planned: Planned,
  { clients, run, earlier }: Pick<Part, 'earlier'> & { readonly clients: Clients; readonly run: RunProgram },
  { output, signal }: RunHost,
): Promise<void> {
  const { plans } = planned
  const isDone = ({ videoName }: Plan, number: number) => earlier?.videos[videoName]?.done[number] !== undefined
  const lacks = await lacksOfRun({ settings, plans, clients, run, home: homedir(), now: Date.now(), isDone, signal })
  for (const { level, message } of lacks) if (level === 'warning') output.warn(message)
  const errors = errorsOf(lacks)
  if (errors.length === 0) return
  const refusal = await refusalOf(settings, planned, clients.comfyui, signal).catch((error) => {
    if (error instanceof PromptRunnerError) return error
    throw error
  })
  throwAny(refusal ? [...errors, refusal] : errors)
}

/** Throws when ffmpeg or ffprobe cannot be started, for a rehearsal that runs them. */
export async function checkPrograms(settings: Settings, plans: readonly Plan[]): Promise<void> {
  throwAny(errorsOf(await lacksOfPrograms(settings, plans, runProgram)))
}

/** What the server would refuse of the plans; null when it would take them all. Throws PR_COMFY_*. */
export async function refusalOf(
  settings: Settings,
  { plans, templates }: Planned,
  comfyui: ComfyuiClient,
  signal: AbortSignal,
): Promise<PromptRunnerError | null> {
  return (await refusalsOf(settings, templates, comfyui, signal))(plans)
}

/** Asks the server once what it has, and says what it would refuse of any plans. Throws PR_COMFY_*. */
export async function refusalsOf(
  { behaviours }: Settings,
  templates: Templates,
  comfyui: ComfyuiClient,
  signal: AbortSignal,
): Promise<(plans: readonly Plan[]) => PromptRunnerError | null> {
  const { comfyuiVersion } = await comfyui.systemStats(signal)
  const objectInfo = await comfyui.objectInfoText(undefined, signal)
  const server = `ComfyUI ${comfyuiVersion}`
  return (plans) =>
    invalidPlans(plans, templates, { objectInfo, server, behaviours, live: true, version: comfyuiVersion })
}

function errorsOf(findings: readonly DoctorFinding[]): PromptRunnerError[] {
  return findings.flatMap(({ code, message, hint }) => (code ? [new PromptRunnerError(code, message, { hint })] : []))
}
