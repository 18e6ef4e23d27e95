import { rm, stat } from 'node:fs/promises'
import { relative } from 'node:path'
import type { Plan } from '../domain/plan.ts'
import { filesOf, type JobResult, type StoredObject } from '../domain/run-event.ts'
import { type RunContext, warn } from './run-context.ts'

/**
 * Deletes the intermediate files of a finished video: only after its upload was verified, only inside the output directory,
 * and only when they are not to be kept. What was decided, and why, is written to `state/cleanup_<video>.json` before. A file
 * that cannot be deleted is a warning: the video is safe.
 */
export async function cleanUp(
  context: RunContext,
  plan: Plan,
  jobs: readonly JobResult[],
  uploaded: StoredObject | null,
): Promise<void> {
  const { layout, options } = context
  const references = plan.chunks
    .filter((chunk) => chunk.referenceFrame !== null)
    .map((chunk) => layout.referenceFrame(plan.videoName, chunk.number))
  const intermediate = [...jobs.flatMap(filesOf).flatMap(([, { copy }]) => copy ?? []), ...references]
  const present = await Promise.all(intermediate.map(async (path) => ({ path, bytes: await sizeOf(path) })))
  const files = present.filter((file): file is { path: string; bytes: number } => file.bytes !== null)
  const mayDelete = uploaded !== null && !options.keepIntermediate
  const reason = options.keepIntermediate
    ? '--keep-intermediate was given'
    : uploaded === null
      ? 'the film was not uploaded (--no-upload)'
      : `gs://${uploaded.bucket}/${uploaded.name} was verified: ${uploaded.size} bytes, crc32c ${uploaded.crc32c}`
  const inside = files.filter((file) => mayDelete && !relative(layout.root, file.path).startsWith('..'))
  const kept = files.filter((file) => !inside.includes(file))
  const report = {
    video_name: plan.videoName,
    run_name: context.runName,
    reason,
    upload_verified: uploaded,
    delete: inside.map((file) => ({ path: relative(layout.root, file.path), bytes: file.bytes })),
    keep: kept.map((file) => ({ path: relative(layout.root, file.path), bytes: file.bytes })),
  }
  context.write(layout.cleanupReport(plan.videoName), report)
  const left = new Set<string>()
  for (const { path } of inside) {
    await rm(path, { force: true }).catch((error: Error) => {
      left.add(path)
      warn(context, `An intermediate file could not be deleted: ${error.message}`, plan.videoName)
    })
  }
  context.emit({
    kind: 'cleanup',
    at: context.now(),
    video: plan.videoName,
    files: inside.map((file) => file.path).filter((path) => !left.has(path)),
    kept: [...kept.map((file) => file.path), ...left],
    reason,
  })
}

async function sizeOf(path: string): Promise<number | null> {
  return stat(path).then(
    (found) => found.size,
    () => null,
  )
}
