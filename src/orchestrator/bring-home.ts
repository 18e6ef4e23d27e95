import type { Plan } from '../domain/plan.ts'
import type { OutputFile } from '../domain/run-event.ts'
import { PromptRunnerError } from '../errors.ts'
import { checkVideo } from './check-video.ts'
import { type RunContext, warn } from './run-context.ts'
import { downloadFile } from './server-files.ts'

/**
 * Downloads a video to `path` and checks it against the plan. One that cannot be read is fetched once more, for the way here may have
 * damaged it. Throws what the second look throws.
 */
export async function bringHome(
  context: RunContext,
  plan: Plan,
  video: { readonly file: OutputFile; readonly frames: number; readonly path: string },
): Promise<void> {
  const { frames, path } = video
  await downloadFile(context, { plan, ...video })
  try {
    await checkVideo(context, plan, path, frames)
  } catch (error) {
    if (!(error instanceof PromptRunnerError) || !error.isFileLost) throw error
    warn(context, `${error.message}; it is downloaded once more`, plan.videoName)
    await downloadFile(context, { plan, ...video })
    await checkVideo(context, plan, path, frames)
  }
}
