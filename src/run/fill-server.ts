import { createMediaClient } from '../clients/ffmpeg.ts'
import type { Settings } from '../config/settings-types.ts'
import type { Plan } from '../domain/plan.ts'
import { counted } from '../domain/wording.ts'
import { isFile } from '../files/read-input.ts'
import type { FileStore } from '../simulators/comfyui/files/file-store.ts'
import { restoreFiles } from '../simulators/comfyui/files/restore-files.ts'
import type { RunState } from '../state/run-state.ts'
import type { RunHost } from './run-host.ts'

/** The disks of simulated servers, and which of them has the files of a film. */
export interface Disks {
  readonly all: readonly FileStore[]
  of(video: string): FileStore
}

/** Tells the simulated server of the files that the real one holds from an earlier part of the run, and of those it is to be sent. */
export async function fillServer(
  disks: Disks,
  work: { settings: Settings; plans: readonly Plan[]; earlier: RunState | null; host: RunHost },
): Promise<void> {
  const { settings, plans, earlier, host } = work
  const { output, signal } = host
  for (const plan of plans) {
    const left = earlier?.videos[plan.videoName]
    const files = disks.of(plan.videoName)
    const count = left ? restoreFiles(files, plan, left, isFile) : 0
    if (count > 0 && left?.status !== 'finished')
      output.info(`${plan.videoName}: the simulated server is given ${counted(count, 'file')} that the real one holds`)
  }
  if (plans.every(({ controlVideo }) => controlVideo === null)) return
  const { describeVideos } = await import('../planning/control-videos.ts')
  const media = createMediaClient(settings.programs)
  const told = new Set<string>()
  for (const files of disks.all)
    for (const warning of await describeVideos(plans, files, media, signal)) told.add(warning)
  for (const warning of told) output.warn(warning)
}
