import type { MediaClient } from '../clients/clients.ts'
import type { Plan } from '../domain/plan.ts'
import { counted } from '../domain/wording.ts'
import { type Problem, PromptRunnerError } from '../errors.ts'
import { contentOf, sha256 } from '../simulators/comfyui/files/file-content.ts'
import type { FileStore } from '../simulators/comfyui/files/file-store.ts'
import { fileSource } from '../simulators/media/byte-source.ts'
import { frameCount } from '../simulators/media/image-sequence.ts'
import { readMp4 } from '../simulators/media/read-mp4.ts'

/**
 * Counts the frames of every control video: ComfyUI does not refuse one that is too short, it renders the rest unsteered. An MP4 is
 * counted here, so that it needs no ffprobe; anything else by `media`. Returns sentences about videos that could not be counted
 * because ffprobe cannot be started. Throws PR_PLAN with all videos that are too short or no videos.
 */
export async function checkControlVideos(
  plans: readonly Plan[],
  media: Pick<MediaClient, 'probe'>,
  signal?: AbortSignal,
): Promise<string[]> {
  const problems: Problem[] = []
  const warnings: string[] = []
  for (const { controlVideo, totalFrames, promptFile: file, videoName } of plans) {
    if (controlVideo === null) continue
    try {
      const mp4 = readMp4(fileSource(controlVideo))
      const frames = mp4 ? frameCount(mp4.images) : (await media.probe(controlVideo, signal)).frames
      if (frames < totalFrames) problems.push(tooShort(file, controlVideo, frames, totalFrames))
    } catch (error) {
      if (!(error instanceof PromptRunnerError)) throw error
      const { message, hint, cause } = error
      // ffprobe itself refuses a file; only a start that failed has a cause.
      if (cause === undefined) problems.push({ file, message: `${message}.`, ...(hint && { hint }) })
      else warnings.push(`whether the control video of ${videoName} is long enough is not known: ${message}`)
    }
  }
  if (problems.length === 0) return warnings
  throw new PromptRunnerError('PR_PLAN', 'A control video does not fit its film.', { problems })
}

function tooShort(file: string, video: string, frames: number, wanted: number): Problem {
  return {
    file,
    message: `The control video ${video} has ${counted(frames, 'frame')} and the film ${wanted}: the rest would be rendered without it.`,
    hint: `Give a control video of at least ${counted(wanted, 'frame')}, or ask for a film of at most ${frames}.`,
  }
}

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
