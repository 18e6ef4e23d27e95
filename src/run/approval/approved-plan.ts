import type { ComfyuiClient } from '../../clients/clients.ts'
import { createClients } from '../../clients/create-clients.ts'
import type { Settings } from '../../config/settings-types.ts'
import type { ApprovedPlan } from '../../domain/approval/plan-file.ts'
import { staleReasons } from '../../domain/approval/stale-reasons.ts'
import { uuidV5 } from '../../domain/ids.ts'
import { quoted } from '../../domain/shell-word.ts'
import { counted } from '../../domain/wording.ts'
import { type Problem, PromptRunnerError } from '../../errors.ts'
import type { Planned } from '../plan-all.ts'
import type { RunHost } from '../run-host.ts'
import { presentPlan } from './present-plan.ts'
import { type SaidOfServer, saidByRecording, saidByServer } from './server-plan-facts.ts'

/**
 * Whom a plan's word on the server is compared with: the recording of a dry run, the server at once, or the server when it has come up,
 * and then by `refuseOtherServer`.
 */
export type ComparedWith = 'recording' | 'server' | 'server-later'

/** Throws PR_STATE with all that has changed since a plan was made. What cannot be compared is said. */
export async function refuseStale(
  approved: ApprovedPlan,
  settings: Settings,
  planned: Planned,
  host: RunHost,
  compared: ComparedWith,
): Promise<void> {
  const { path, plan } = approved
  const { facts, jobs } = await presentPlan(planned)
  const isFitting = (plan.server.from === 'recording') === (compared === 'recording')
  if (!isFitting) host.output.info(uncompared(approved, compared))
  const ofServer = plan.facts.filter(({ part }) => part === 'server')
  const reasons = (said: SaidOfServer['facts']) => staleReasons(plan, { facts: [...facts, ...said], jobs })
  const without = reasons(ofServer)
  // A server may still be starting; it is asked now only when something else is told, so that all is told together.
  const isAsked = isFitting && (compared !== 'server-later' || without.length > 0)
  const said = isAsked ? await saidBy(compared, settings, planned, host, without.length > 0) : null
  refuse(path, said ? reasons(said.facts) : without, host)
}

/** Throws PR_STATE when the server of a live run is not the one that was planned for. */
export async function refuseOtherServer(
  { path, plan }: ApprovedPlan,
  settings: Settings,
  planned: Planned,
  comfyui: ComfyuiClient,
  host: RunHost,
): Promise<void> {
  if (plan.server.from !== 'server') return
  const { facts, jobs } = await presentPlan(planned)
  const said = await saidByServer(settings, planned, comfyui, host.signal)
  refuse(path, staleReasons(plan, { facts: [...facts, ...said.facts], jobs }), host)
}

/** Asks the server of the settings, by a client of its own. Throws PR_COMFY_*. */
export async function askServer(settings: Settings, planned: Planned, { signal }: RunHost): Promise<SaidOfServer> {
  const { comfyui } = await createClients(settings, { clientId: uuidV5('plan', settings.run.outputDir) })
  return saidByServer(settings, planned, comfyui, signal).finally(() => comfyui.close())
}

/** With `orNothing` a server that does not answer is no reason to say nothing else. */
async function saidBy(
  compared: ComparedWith,
  settings: Settings,
  planned: Planned,
  host: RunHost,
  orNothing: boolean,
): Promise<SaidOfServer | null> {
  if (compared === 'recording') return saidByRecording(settings, planned)
  return askServer(settings, planned, host).catch((error) => {
    if (orNothing && error instanceof PromptRunnerError && error.code.startsWith('PR_COMFY')) return null
    throw error
  })
}

function refuse(path: string, problems: readonly Problem[], { commandLine }: RunHost): void {
  if (problems.length === 0) return
  const words = ['plan', ...commandLine.options, '-o', path].map(quoted).join(' ')
  const message = `the plan ${path} is stale: ${counted(problems.length, 'thing')} changed since it was made, and nothing was run`
  throw new PromptRunnerError('PR_STATE', message, {
    problems,
    hint: `put back what has changed, or look at a new plan: \`pr ${words}\``,
  })
}

function uncompared({ path, plan: { server } }: ApprovedPlan, compared: ComparedWith): string {
  const known = server.from === 'recording' ? `the recording ${server.name}` : server.name
  const rest =
    compared === 'recording'
      ? 'whether its version, GPU and models are as planned is asked by a live run, and by `pr plan --ask-server`'
      : 'the server itself was not asked: its version, GPU and models are not compared. `pr plan --ask-server` plans by it'
  return `The plan ${path} knows of the server what ${known} said; ${rest}`
}
