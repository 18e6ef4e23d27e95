import { existsSync, lstatSync, readdirSync, realpathSync, statSync } from 'node:fs'
import { join, sep } from 'node:path'
import { createLayout, type Layout, stateDirOf } from '../config/layout.ts'
import type { Settings } from '../config/settings-types.ts'
import { fileCrc32c } from '../files/file-crc32c.ts'
import { readRunState } from '../state/read-journal.ts'
import type { VideoState } from '../state/run-state.ts'
import { allRuns, isUnfinished, type KnownRun } from './known-runs.ts'
import { runFoldersIn } from './run-folders.ts'

/** Something that can be deleted: the intermediate files of a run, or a whole run folder. */
export interface Cleanable {
  readonly kind: 'files' | 'folder'
  /** The run, or the folder of a rehearsal. */
  readonly name: string
  /** Absolute; one folder, or files. */
  readonly paths: readonly string[]
  readonly bytes: number
  /** Why it can be. */
  readonly why: string
}

/** Something that stays. */
interface Kept {
  readonly name: string
  readonly why: string
}

/**
 * What can be deleted and what cannot. Of live runs only intermediate files of those that are done and whose every film is proven:
 * uploaded and verified, or lying here as it was put there. Run folders only when `olderThan` (milliseconds) is given, and only of
 * rehearsals that are done. Never a film, never anything outside the output directory or a run folder.
 */
export async function findCleanable(
  settings: Settings,
  { olderThan, now }: { readonly olderThan: number | null; readonly now: number },
): Promise<{ readonly clean: readonly Cleanable[]; readonly kept: readonly Kept[] }> {
  const { outputDir } = settings.run
  const clean: Cleanable[] = []
  const kept: Kept[] = []
  const isOld = (at: number) => olderThan === null || now - at >= olderThan
  const runs = allRuns(settings)
  for (const run of runs.filter(({ folder, writtenAt }) => folder === outputDir && isOld(writtenAt))) {
    const found = await filesOf(run, outputDir)
    if (typeof found === 'string') kept.push({ name: run.runName, why: found })
    else if (found.paths.length > 0) clean.push(found)
  }
  for (const folder of olderThan === null ? [] : runFoldersIn(settings.dryRun.tempDir)) {
    const own = runs.filter((run) => run.folder === folder)
    if (folder === outputDir || !isOld(Math.max(statSync(folder).mtimeMs, ...own.map(({ writtenAt }) => writtenAt))))
      continue
    const why = whyKept(folder, own)
    if (why !== null) kept.push({ name: folder, why })
    else
      clean.push({
        kind: 'folder',
        name: folder,
        paths: [folder],
        bytes: bytesIn(folder),
        why: 'its rehearsal is done',
      })
  }
  return { clean, kept }
}

/** The intermediate files of a run that can go, or why none can. */
async function filesOf(run: KnownRun, root: string): Promise<Cleanable | string> {
  const { runName, condition, dryRun, videos } = run
  if (condition !== 'done') return condition
  if (dryRun) return 'it is a rehearsal'
  const layout = createLayout(root, runName)
  const state = readRunState(run.journal)
  const paths: string[] = []
  const proofs: string[] = []
  for (const { name } of videos) {
    const video = state.videos[name]
    const proof = video?.status === 'finished' ? await proofOf(video) : null
    if (!video || proof === null) return `its film of ${name} is neither uploaded nor here as it was made`
    proofs.push(proof)
    paths.push(...intermediateFiles(layout, name, video).filter((path) => isOwnFile(path, root)))
  }
  const bytes = paths.reduce((sum, path) => sum + lstatSync(path).size, 0)
  return { kind: 'files', name: runName, paths, bytes, why: [...new Set(proofs)].join('; ') }
}

async function proofOf({ film, uploads }: VideoState): Promise<string | null> {
  const object = uploads.film?.object
  if (object && uploads.manifest) return `gs://${object.bucket}/${object.name} was verified`
  const crc32c = film && (await fileCrc32c(film.path).catch(() => null))
  return film && crc32c === film.crc32c ? `${film.path} is as it was made` : null
}

/** By what the layout calls them, not by what a journal says: a film is never among them. */
function intermediateFiles(layout: Layout, video: string, { jobIds }: VideoState): string[] {
  const chunks = Math.floor(Object.keys(jobIds).length / 3)
  return Array.from({ length: chunks }, (_, index) => index + 1).flatMap((chunk) => [
    layout.latent(video, chunk, 'high'),
    layout.latent(video, chunk, 'low'),
    layout.chunkVideo(video, chunk),
    layout.referenceFrame(video, chunk),
    layout.combined(video, chunk),
  ])
}

/** A folder below the output directory may be a link to another place. */
function isOwnFile(path: string, root: string): boolean {
  if (!existsSync(path) || !lstatSync(path).isFile()) return false
  return realpathSync(path).startsWith(`${realpathSync(root)}${sep}`)
}

function whyKept(folder: string, runs: readonly KnownRun[]): string | null {
  if (existsSync(stateDirOf(join(folder, 'output')))) return 'a live run has written into it'
  for (const run of runs) {
    if (!run.dryRun) return 'it holds a live run'
    if (isUnfinished(run) || run.condition === 'running' || run.condition === 'damaged')
      return `its rehearsal ${run.runName} is ${run.condition}`
  }
  // A sweep has no journal of its own, and its table only at its end: until then its worlds are at work in the folder.
  const isDone = runs.length > 0 || existsSync(join(folder, 'sweep.json'))
  return isDone ? null : 'nothing in it says that its rehearsal is done'
}

function bytesIn(folder: string): number {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .reduce((sum, { parentPath, name }) => sum + lstatSync(join(parentPath, name)).size, 0)
}
