import type { Clients } from '../clients/clients.ts'
import { statusOf } from '../clients/gcs/errors.ts'
import { objectName, objectNames, runObjects, serverClaim } from '../config/layout.ts'
import { allOf } from '../domain/all-of.ts'
import { promptId } from '../domain/ids.ts'
import type { Plan } from '../domain/plan.ts'
import { PromptRunnerError } from '../errors.ts'
import { promptState } from '../orchestrator/adopt-prompt.ts'
import { noFacts, resumeDecision } from '../orchestrator/resume-decision.ts'
import { nameTaken } from '../orchestrator/resume-video.ts'
import type { ChosenRun } from './choose-run.ts'
import type { RunHost } from './run-host.ts'

/**
 * Asks the bucket for films of this run that are planned otherwise now. The journal may not know of one: of several it keeps the last,
 * and the run may have ended between an upload and its note. Throws PR_STATE.
 */
export async function refuseTakenNames(
  plans: readonly Plan[],
  { storage }: Clients,
  { earlier, runName }: ChosenRun,
  signal: AbortSignal,
): Promise<void> {
  for (const plan of plans) {
    const { videoName } = plan
    const target = { bucket: storage.bucket, names: objectNames(storage.prefix, runName, videoName) }
    const facts = noFacts(target)
    let decision = resumeDecision(plan, earlier, facts)
    if (decision.kind === 'look' && decision.at === 'bucket') {
      const isTaken = (await storage.stat(target.names.film, signal)) !== null
      decision = resumeDecision(plan, earlier, { ...facts, isTaken })
    }
    if (decision.kind === 'refuse') throw nameTaken(runName, videoName, decision.target)
  }
}

/** Whether the server knows a run that is new here: the same work, started from another output directory. */
export async function isOnServer(
  { comfyui }: Pick<Clients, 'comfyui'>,
  { runId, runName, hasClaimed }: ChosenRun,
  plans: readonly Plan[],
  { signal }: RunHost,
): Promise<boolean> {
  // Who took the name may have died before anything was sent or uploaded.
  const { name: filename, subfolder } = serverClaim(runName)
  if (!hasClaimed && (await comfyui.holds({ filename, subfolder, type: 'input' }, signal))) return true
  // Videos are rendered in order: without the first job of the first one nothing else was sent.
  const first = plans[0]?.passes[0]?.high
  return first !== undefined && (await promptState(comfyui, promptId(runId, first.jobId, 1), signal)) !== 'unknown'
}

/**
 * Whether the bucket has films or a claim under the name of a run that is new here. Objects are never replaced, so without this look the
 * clash would show only after hours of rendering. Listing may be forbidden where writing is allowed: that is only a warning. Any
 * other error would hit the upload too.
 */
export async function isInBucket(
  { storage }: Clients,
  { runName, hasClaimed }: ChosenRun,
  plans: readonly Plan[],
  { output, signal }: RunHost,
): Promise<boolean> {
  const looks = plans.map(({ videoName }) =>
    storage.list(`${objectName(storage.prefix, runName, videoName, '')}/`, signal).catch((error) => {
      if (!(error instanceof PromptRunnerError) || statusOf(error.cause) !== 403) throw error
      return error
    }),
  )
  const found = await allOf(looks)
  const forbidden = found.find((look) => look instanceof PromptRunnerError)
  if (forbidden)
    output.warn(`Whether the bucket has films of a run ${runName} already is not known: ${forbidden.message}`)
  if (found.some((look) => Array.isArray(look) && look.length > 0)) return true
  if (forbidden) return false
  const { folder, claim } = runObjects(storage.prefix, runName)
  const objects = await storage.list(`${folder}/`, signal)
  return objects.some(({ name }) => !hasClaimed || name !== claim(1))
}
