import { createMediaClient } from '../clients/ffmpeg.ts'
import type { Settings } from '../config/settings-types.ts'
import type { Plan } from '../domain/plan.ts'
import { isFile } from '../files/read-input.ts'
import { restoreFiles } from '../simulators/comfyui/files/restore-files.ts'
import type { SimulatedServices } from '../simulators/simulated-services.ts'
import type { RunState } from '../state/run-state.ts'
import type { RunHost } from './run-host.ts'

/** Tells the simulated server of the files that the real one holds from an earlier part of the run, and of those it is to be sent. */
export async function fillServer(
  { comfyui: { files } }: SimulatedServices,
  work: { settings: Settings; plans: readonly Plan[]; earlier: RunState | null; host: RunHost },
): Promise<void> {
  const { settings, plans, earlier, host } = work
  const { output, signal } = host
  for (const plan of plans) {
    const left = earlier?.videos[plan.videoName]
    const count = left ? restoreFiles(files, plan, left, isFile) : 0
    if (count > 0 && left?.status !== 'finished')
      output.info(`${plan.videoName}: the simulated server is given ${count} files that the real one holds`)
  }
  if (plans.every(({ controlVideo }) => controlVideo === null)) return
  const { describeVideos } = await import('../planning/control-videos.ts')
  const media = createMediaClient(settings.programs)
  for (const warning of await describeVideos(plans, files, media, signal)) output.warn(warning)
}
