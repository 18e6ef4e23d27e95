import { randomUUID } from 'node:crypto'
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { SystemStats } from '../clients/clients.ts'
import { createClients } from '../clients/create-clients.ts'
import type { Settings } from '../config/settings-types.ts'
import { PromptRunnerError } from '../errors.ts'
import { publishRecording } from '../recording/publish.ts'
import { refuseSecrets, secretValues } from '../recording/secret-scan.ts'
import type { RunHost, RunOutput } from '../run/run-host.ts'
import { besideTarget } from './beside-target.ts'
import type { StepLog } from './event-log.ts'
import { refuseSeveral } from './one-server.ts'
import { pipelineWork } from './pipeline.ts'
import { recordLive } from './record-live.ts'
import { recordingPlan } from './recording-plan.ts'
import { smokeSteps, workflowSteps } from './steps.ts'
import { verify } from './verify.ts'
import { type Work, workOfSteps } from './work.ts'

export interface RecordOptions {
  readonly settings: Settings
  readonly environment: NodeJS.ProcessEnv
  readonly cwd: string
  /** null: named after what is recorded. */
  readonly name: string | null
  /** Files; none: the pipeline when prompt files are named, else the shipped set. */
  readonly workflows: readonly string[]
  readonly probe: boolean
  readonly planOnly: boolean
  readonly verify: boolean
  readonly allClasses: boolean
  readonly anonymous: boolean
}

/** Records beside the old recording, and replaces it only with one that holds no secret and replays. Returns the exit code. */
export async function record(options: RecordOptions, host: RunHost): Promise<number> {
  const { settings, cwd } = options
  const { output, signal } = host
  refuseSeveral(settings, 'pr record records')
  const work = await workOf(options, output)
  const name = checkedName(options.name ?? defaultName(options))
  const target = join(cwd, 'recordings', name)
  const { stats, paid } = await lookAt(settings, signal)
  const plan = await recordingPlan({ name, target, work, stats, paid, url: settings.comfyui.url })
  output.info(plan.lines.join('\n'))
  if (options.planOnly) {
    output.result(plan.facts)
    return 0
  }
  if (settings.output.ci && !settings.run.yes) throw readOnly(name)
  if (paid) await host.confirm('Record on this server, which costs money?')

  host.endInOrder()
  const isNew = !existsSync(target)
  const ending = () => (signal.aborted ? 'interrupted' : 'failed')
  const verified = options.verify && work.names.length > 0
  return besideTarget({ target, output, ending }, async (folder) => {
    const events = await make(folder, work, { ...options, name, verify: verified }, host)
    signal.throwIfAborted()
    const { unchanged } = publishRecording(folder, target)
    const published = isNew ? 'it is new' : 'it replaces what was there'
    const outcome = unchanged ? 'nothing changed, only its stamps are new' : published
    output.print(`Recorded ${join('recordings', name)}${verified ? ', verified by a replay' : ''}: ${outcome}.`)
    output.result({ ok: true, recording: target, unchanged, verified, events })
    return 0
  })
}

/** Gives what the client got to see. */
async function make(
  folder: string,
  work: Work,
  options: RecordOptions & { name: string },
  host: RunHost,
): Promise<StepLog[]> {
  const { settings, environment } = options
  const { comfyui, pod } = settings
  const secrets = {
    ...secretValues(environment),
    ...comfyui.headers,
    comfyui_token: comfyui.token,
    runpod_api_key: pod.apiKey,
    ...(options.anonymous ? { pod_id: pod.id } : {}),
  }
  const downloads = mkdtempSync(join(tmpdir(), 'pr-record-'))
  try {
    const live = await recordLive({ ...options, signal: host.signal, folder, work, secrets, downloads })
    refuseSecrets(folder, secrets)
    const replay = { recording: folder, settings, folder: join(downloads, 'replay') }
    if (options.verify) await verify({ work, live, ...replay }, host)
    return live
  } finally {
    rmSync(downloads, { recursive: true })
  }
}

async function workOf({ workflows, probe, settings }: RecordOptions, output: RunOutput): Promise<Work> {
  if (probe) return workOfSteps([])
  if (workflows.length > 0) return workOfSteps(await workflowSteps(workflows))
  return settings.prompts.files.length > 0 ? pipelineWork(settings, output) : workOfSteps(await smokeSteps())
}

function defaultName({ probe, workflows, settings }: RecordOptions): string {
  if (probe) return 'comfyui-probe'
  if (workflows.length > 0) return 'comfyui-workflows'
  return settings.prompts.files.length > 0 ? 'pipeline' : 'comfyui-smoke'
}

/** A name for a recording. Throws PR_USAGE for what cannot be that of a folder. */
export function checkedName(name: string): string {
  if (/^[\w-][\w.-]*$/.test(name)) return name
  throw new PromptRunnerError('PR_USAGE', `--name ${JSON.stringify(name)} cannot be the name of a folder`, {
    hint: 'letters, digits, dots, dashes and underscores',
  })
}

/** Asked past the recorder, so that a server that does not answer is told as everywhere else. */
async function lookAt(settings: Settings, signal: AbortSignal): Promise<{ stats: SystemStats; paid: boolean }> {
  const clients = await createClients(settings, { clientId: randomUUID() })
  try {
    const stats = await clients.comfyui.systemStats(signal)
    return { stats, paid: settings.pod.id !== null || stats.devices.some(({ type }) => type !== 'cpu') }
  } finally {
    await clients.comfyui.close()
  }
}

/** PR_NOT_CONFIRMED: recordings are not written where `CI` is set. */
export function readOnly(name: string): PromptRunnerError {
  return new PromptRunnerError(
    'PR_NOT_CONFIRMED',
    `recordings/${name} was not touched: with CI set recordings are read-only`,
    {
      hint: 'record on a machine of your own and commit the result, or give --yes',
    },
  )
}
