import { cutFrames } from '../domain/cut-frames.ts'
import type { Plan } from '../domain/plan.ts'
import type { LowResult } from '../domain/run-event.ts'
import { PromptRunnerError } from '../errors.ts'
import { checkVideo } from './check-video.ts'
import { type RunContext, warn } from './run-context.ts'

/**
 * Joins the chunks of a film on this machine, without an encode where no frame has to be cut and the streams fit together, else in one.
 * Gives the path of the film.
 */
export async function joinChunks(context: RunContext, plan: Plan, videos: readonly LowResult[]): Promise<string> {
  const { clients, layout, signal } = context
  const { videoName, fps, totalFrames, chunks } = plan
  const film = layout.combined(videoName, chunks.length)
  const parts = videos.map(({ video }) => video.copy)
  const join = async (cut: ReturnType<typeof cutFrames> | null) => {
    await clients.media.join(parts, { fps, cut, film }, signal)
    await checkVideo(context, plan, film, totalFrames)
    return film
  }
  const cut = cutFrames(plan)
  if (cut.length > 0) return join(cut)
  try {
    return await join(null)
  } catch (error) {
    if (signal.aborted || !(error instanceof PromptRunnerError)) throw error
    warn(context, `${error.message}; the chunks are encoded once instead`, videoName)
    return join([])
  }
}
