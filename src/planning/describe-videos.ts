import type { MediaClient } from '../clients/clients.ts'
import type { Plan } from '../domain/plan.ts'
import { PromptRunnerError } from '../errors.ts'
import { contentOf, sha256 } from '../simulators/comfyui/files/file-content.ts'
import type { FileStore } from '../simulators/comfyui/files/file-store.ts'
import { fileSource } from '../simulators/media/byte-source.ts'

/**
 * Tells the simulated server what is in control videos that it cannot decode itself, as `media` says. Returns sentences
 * about those that ffprobe cannot read either: the simulated server refuses them.
 */
export async function describeVideos(
  plans: readonly Plan[],
  files: FileStore,
  media: Pick<MediaClient, 'probe'>,
  signal: AbortSignal,
): Promise<string[]> {
  const warnings: string[] = []
  for (const { controlVideo, videoName } of plans) {
    if (controlVideo === null) continue
    const bytes = fileSource(controlVideo)
    if (contentOf(bytes).kind !== 'other') continue
    try {
      const { frames, fps, width, height } = await media.probe(controlVideo, signal)
      const images = { width, height, segments: [{ frames, colour: 0x808080 }] }
      files.described.set(sha256(bytes), { kind: 'video', images, fps })
    } catch (error) {
      if (!(error instanceof PromptRunnerError)) throw error
      warnings.push(
        `${videoName}: a dry run reads MP4 and MOV by itself and needs ffprobe for ${controlVideo}: its jobs fail only here, a real server takes more`,
      )
    }
  }
  return warnings
}
