import { randomUUID } from 'node:crypto'
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Clients, SystemStats } from '../../clients/clients.ts'
import { createClients } from '../../clients/real-clients.ts'
import type { Settings } from '../../config/settings-types.ts'
import { PromptRunnerError } from '../../errors.ts'
import { publishRecording } from '../../recording/publish.ts'
import { refuseSecrets, secretValues } from '../../recording/secret-scan.ts'
import { confirm } from '../confirm.ts'
import type { Output } from '../output.ts'
import type { Stop } from '../signals.ts'
import { besideTarget } from './beside-target.ts'
import { logDifferences, type StepLog } from './event-log.ts'
import { pipelineWork } from './pipeline.ts'
import { recordingPlan } from './plan.ts'
import { replayWork } from './replay-work.ts'
import { smokeSteps, workflowSteps } from './steps.ts'
import { takeRecording } from './take-recording.ts'
import { unmodelledClasses } from './unmodelled-classes.ts'
import { type Work, workOfSteps } from './work.ts'

export interface RecordOptions extends Stop {
  readonly settings: Settings
  readonly output: Output
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

/** Records beside the old recording, and replaces it only with one that holds no secret and replays. */
export async function record(options: RecordOptions): Promise<number> {
  const { settings, output, signal, cwd } = options
  const work = await workOf(options)
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
  if (paid) await confirm('Record on this server, which costs money?', output, { yes: settings.run.yes, signal })

  options.endInOrder()
  const isNew = !existsSync(target)
  const ending = () => (signal.aborted ? 'interrupted' : 'failed')
  return besideTarget({ target, output, ending }, async (folder) => {
    const events = await make(folder, work, { ...options, name })
    signal.throwIfAborted()
    const { unchanged } = publishRecording(folder, target)
    const published = isNew ? 'it is new' : 'it replaces what was there'
    const outcome = unchanged ? 'nothing changed, only its stamps are new' : published
    const verified = options.verify && work.names.length > 0
    output.print(`Recorded ${join('recordings', name)}${verified ? ', verified by a replay' : ''}: ${outcome}.`)
    output.result({ ok: true, recording: target, unchanged, verified, events })
    return 0
  })
}

/** Gives what the client got to see. */
async function make(folder: string, work: Work, options: RecordOptions & { name: string }): Promise<StepLog[]> {
  const { settings, environment, signal, output } = options
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
    const live = await takeRecording({ ...options, folder, work, secrets, downloads })
    refuseSecrets(folder, secrets)
    if (!options.verify || work.names.length === 0) return live
    output.info('Replaying it, to see whether a client sees the same.')
    const replayed = await replayWork(work, {
      recording: folder,
      settings,
      folder: join(downloads, 'replay'),
      signal,
    })
    const { first, excused } = logDifferences(live, replayed, (step, node) => {
      const sent = work.sends[step]
      return sent?.kind === 'workflow' ? unmodelledClasses(sent.graph, node) : []
    })
    for (const difference of excused) output.warn(difference)
    if (first === null) return live
    throw new PromptRunnerError('PR_RECORDING', `a replay of the recording differs from the server: ${first}`, {
      hint: '--verify=false publishes it all the same',
    })
  } finally {
    rmSync(downloads, { recursive: true })
  }
}

async function workOf({ workflows, probe, settings, output }: RecordOptions): Promise<Work> {
  if (probe) return workOfSteps([])
  if (workflows.length > 0) return workOfSteps(await workflowSteps(workflows))
  return settings.prompts.files.length > 0 ? pipelineWork(settings, output) : workOfSteps(await smokeSteps())
}

function defaultName({ probe, workflows, settings }: RecordOptions): string {
  if (probe) return 'comfyui-probe'
  if (workflows.length > 0) return 'comfyui-workflows'
  return settings.prompts.files.length > 0 ? 'pipeline' : 'comfyui-smoke'
}

function checkedName(name: string): string {
  if (/^[\w-][\w.-]*$/.test(name)) return name
  throw new PromptRunnerError('PR_USAGE', `--name ${JSON.stringify(name)} cannot be the name of a folder`, {
    hint: 'letters, digits, dots, dashes and underscores',
  })
}

/** Asked past the recorder, so that a server that does not answer is told as everywhere else. */
async function lookAt(settings: Settings, signal: AbortSignal): Promise<{ stats: SystemStats; paid: boolean }> {
  const clients: Clients = await createClients(settings, { clientId: randomUUID() })
  try {
    const stats = await clients.comfyui.systemStats(signal)
    return { stats, paid: settings.pod.id !== null || stats.devices.some(({ type }) => type !== 'cpu') }
  } finally {
    await clients.comfyui.close()
  }
}

function readOnly(name: string): PromptRunnerError {
  return new PromptRunnerError(
    'PR_NOT_CONFIRMED',
    `recordings/${name} was not touched: with CI set recordings are read-only`,
    {
      hint: 'record on a machine of your own and commit the result, or give --yes',
    },
  )
}
