import type { Plan } from '../domain/plan.ts'
import { counted } from '../domain/wording.ts'
import { PromptRunnerError } from '../errors.ts'
import type { RunContext } from './run-context.ts'

/** Throws PR_OUTPUT_MISMATCH when a video has not the planned frame count, size or rate. */
export async function checkVideo(context: RunContext, plan: Plan, path: string, frames: number): Promise<void> {
  const actual = await context.clients.media.probe(path, context.signal)
  const wrong = [
    actual.frames === frames ? null : `${counted(actual.frames, 'frame')} instead of ${frames}`,
    actual.width === plan.width && actual.height === plan.height
      ? null
      : `${actual.width}x${actual.height} instead of ${plan.width}x${plan.height}`,
    Math.abs(actual.fps - plan.fps) < 0.01 ? null : `${actual.fps} fps instead of ${plan.fps}`,
  ].filter((text) => text !== null)
  if (wrong.length === 0) return
  throw new PromptRunnerError('PR_OUTPUT_MISMATCH', `Checking ${path} failed: it has ${wrong.join(', ')}`, {
    hint: 'The workflow renders something else than was planned: check length, size, fps and the trimming in the template and its bindings.',
  })
}
