import type { Clients, RunProgram } from '../clients/clients.ts'
import { createMediaClient } from '../clients/ffmpeg.ts'
import { readPrompts } from '../config/read-prompts.ts'
import type { Settings } from '../config/settings-types.ts'
import { loadTemplates } from '../config/templates.ts'
import { jobId } from '../domain/ids.ts'
import { makePlan } from '../domain/make-plan.ts'
import { counted } from '../domain/wording.ts'
import { checkControlVideos } from '../planning/control-videos.ts'
import { checkDisk, checkNode, checkPrograms } from './check-machine.ts'
import { checkServer, knowRecording, type Work } from './check-server.ts'
import { checkPod, checkStorage } from './check-services.ts'
import { type DoctorFinding, findingsOf, orMissing } from './doctor-finding.ts'

interface Examination {
  readonly settings: Settings
  readonly node: { readonly version: string; readonly problem: string | null }
  /** Who to ask over the network; null: nobody. */
  readonly clients: Pick<Clients, 'comfyui' | 'pod' | 'storage'> | null
  /** Servers besides the first one. */
  readonly others?: readonly Clients['comfyui'][]
  readonly run: RunProgram
  /** The user's home folder. */
  readonly home: string
  /** Epoch milliseconds. */
  readonly now: number
  readonly signal?: AbortSignal
}

/** Checks everything that a run needs; one failed check does not keep the others from being made. */
export async function examine(examination: Examination): Promise<DoctorFinding[]> {
  const { settings, clients, signal } = examination
  const work: { -readonly [Part in keyof Work]: Work[Part] } = {
    plans: [],
    templates: null,
    recording: null,
    behaviours: settings.behaviours,
  }
  const prompts = await orMissing('prompts', async () => {
    work.plans = (await readPrompts(settings.prompts)).map((prompt) => makePlan(prompt, settings.plan, jobId))
    const { ok, warning } = findingsOf('prompts')
    const media = createMediaClient({ ...settings.programs, run: examination.run })
    const uncounted = await checkControlVideos(work.plans, media, signal)
    return [
      ok(work.plans.map(({ videoName, totalFrames }) => `${videoName}: ${counted(totalFrames, 'frame')}`).join(', ')),
      ...uncounted.map((sentence) => warning(sentence, 'see ffprobe above')),
    ]
  })
  const templates = await orMissing('templates', async () => {
    work.templates = await loadTemplates(settings.workflows)
    return [findingsOf('templates').ok(settings.workflows ?? 'the shipped ones')]
  })
  const recording = await orMissing('recording', async () => {
    work.recording = await knowRecording(settings.dryRun.recording, examination.now)
    return [work.recording.finding]
  })
  const servers: DoctorFinding[] = []
  for (const comfyui of clients ? [clients.comfyui, ...(examination.others ?? [])] : [])
    servers.push(...(await orMissing('comfyui', () => checkServer(comfyui, work, signal))))
  return [
    checkNode(examination.node),
    ...(await checkPrograms(settings, examination.run)),
    ...prompts,
    ...templates,
    await checkDisk(settings, work.plans),
    ...recording,
    ...servers,
    ...(await checkStorage(settings, { home: examination.home, client: clients?.storage ?? null, signal })),
    ...(await checkPod(settings, clients?.pod ?? null, examination.now)),
  ]
}
