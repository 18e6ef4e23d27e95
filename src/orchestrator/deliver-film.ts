import { createHash } from 'node:crypto'
import { readFile, stat } from 'node:fs/promises'
import { objectNames } from '../config/layout.ts'
import { allOf } from '../domain/all-of.ts'
import type { Plan } from '../domain/plan.ts'
import { writtenPlan } from '../domain/plan.ts'
import type { JobResult, StoredObject } from '../domain/run-event.ts'
import { snakeCased } from '../domain/wording.ts'
import { fileCrc32c } from '../files/file-crc32c.ts'
import { cleanUp } from './clean-up.ts'
import type { MadeFilm } from './resume-decision.ts'
import type { RunContext } from './run-context.ts'

/**
 * What lacks of the way of a film out: from `final/` to the bucket with a manifest after it, then the clean-up that only a verified
 * upload allows.
 */
export async function deliverFilm(
  context: RunContext,
  plan: Plan,
  film: MadeFilm,
  jobs: readonly JobResult[],
): Promise<void> {
  const { videoName: video, totalFrames: frames } = plan
  const { path } = film
  if (film.kind === 'finished') {
    if (!film.isCleanedUp) await cleanUp(context, plan, jobs, film.object)
  } else {
    const stored = film.kind === 'uploaded' ? film.object : await deliverPlaced(context, plan, path)
    if (stored) await uploadManifest(context, plan, stored, jobs)
    await cleanUp(context, plan, jobs, stored)
  }
  context.emit({ kind: 'video-finished', at: context.now(), video, film: path, frames })
}

/** Null when it is to stay here. */
async function deliverPlaced(context: RunContext, plan: Plan, file: string): Promise<StoredObject | null> {
  const { videoName: video, totalFrames: frames } = plan
  const [{ size: bytes }, crc32c] = await allOf([stat(file), fileCrc32c(file)])
  context.emit({ kind: 'film-downloaded', at: context.now(), video, file, bytes, crc32c, frames })
  if (!context.options.upload) return null
  context.closing.throwIfAborted()
  return uploadFilm(context, plan, file, bytes)
}

function uploadFilm(context: RunContext, plan: Plan, film: string, bytes: number): Promise<StoredObject> {
  const names = objectNames(context.clients.storage.prefix, context.runName, plan.videoName)
  return uploadOne(context, plan, 'film', film, names.film, bytes, 'video/mp4')
}

/** The manifest goes last: its presence says that the film is there and verified. */
async function uploadManifest(
  context: RunContext,
  plan: Plan,
  film: StoredObject,
  jobs: readonly JobResult[],
): Promise<void> {
  const names = objectNames(context.clients.storage.prefix, context.runName, plan.videoName)
  const manifest = context.layout.manifest(plan.videoName)
  // An earlier part of the run may have uploaded this very manifest and ended before it knew.
  const created = (context.earlier && (await createdBefore(manifest))) ?? new Date(context.now()).toISOString()
  const length = context.write(manifest, makeManifest(context, plan, film, jobs, created))
  await uploadOne(context, plan, 'manifest', manifest, names.manifest, length, 'application/json')
}

async function uploadOne(
  context: RunContext,
  plan: Plan,
  role: 'film' | 'manifest',
  path: string,
  object: string,
  bytes: number,
  contentType: string,
): Promise<StoredObject> {
  const where = { video: plan.videoName, object }
  context.emit({ kind: 'upload-started', at: context.now(), ...where, bytes })
  const stored = await context.clients.storage.upload(
    {
      path,
      object,
      contentType,
      metadata: { run: context.runName, video: plan.videoName },
      sessionFile: context.layout.uploadSession(object),
      onProgress: (sent) => context.emit({ kind: 'upload-progress', at: context.now(), ...where, sent, bytes }),
    },
    context.signal,
  )
  context.emit({ kind: 'upload-finished', at: context.now(), video: plan.videoName, role, object: stored })
  return stored
}

/** When the manifest that lies there was made; null when none does. */
async function createdBefore(manifest: string): Promise<string | null> {
  try {
    return JSON.parse(await readFile(manifest, 'utf8')).created
  } catch {
    return null
  }
}

function makeManifest(
  context: RunContext,
  plan: Plan,
  film: StoredObject,
  jobs: readonly JobResult[],
  created: string,
) {
  // What the file is called and what was warned of does not change the film.
  const { promptFile: _file, warnings: _warnings, ...work } = writtenPlan(plan)
  return {
    run_id: context.runId,
    run_name: context.runName,
    video_name: plan.videoName,
    created,
    film: { ...film, frames: plan.totalFrames, fps: plan.fps, width: plan.width, height: plan.height },
    plan: {
      sha256: createHash('sha256').update(JSON.stringify(work)).digest('hex'),
      frames_per_chunk: plan.framesPerChunk,
      seed: plan.seed,
      steps: plan.steps,
      cfg: plan.cfg,
      models: snakeCased(plan.models),
      chunks: snakeCased(plan.chunks),
    },
    prompts: jobs.map((job) => job.promptId),
  }
}
