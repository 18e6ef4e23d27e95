import { join } from 'node:path'
import type { OutputFile } from '../domain/run-event.ts'

/** Every path and every name that a run gives to something, in one place. Local paths are absolute. */
export interface Layout {
  readonly root: string
  /** All folders that a run writes to. */
  readonly folders: readonly string[]
  readonly stateDir: string
  journal(runName: string): string
  cleanupReport(video: string): string
  manifest(video: string): string
  latent(video: string, chunk: number, pass: 'high' | 'low'): string
  chunkVideo(video: string, chunk: number): string
  referenceFrame(video: string, chunk: number): string
  combined(video: string, jobNumber: number): string
  film(video: string): string
}

/** The folders of the user's document: `latents/ videos/ references/ combined/ final/ state/` below the output directory. */
export function createLayout(root: string, stateDir: string = join(root, 'state')): Layout {
  const file = (folder: string, name: string) => join(root, folder, name)
  return {
    root,
    folders: [...['latents', 'videos', 'references', 'combined', 'final'].map((name) => join(root, name)), stateDir],
    stateDir,
    journal: (runName) => join(stateDir, `${runName}.jsonl`),
    cleanupReport: (video) => join(stateDir, `cleanup_${video}.json`),
    manifest: (video) => join(stateDir, `manifest_${video}.json`),
    latent: (video, chunk, pass) => file('latents', `${video}_chunk_${pad(chunk)}_${pass}.latent`),
    chunkVideo: (video, chunk) => file('videos', `${video}_chunk_${pad(chunk)}.mp4`),
    referenceFrame: (video, chunk) => file('references', `${video}_chunk_${pad(chunk)}_reference.png`),
    combined: (video, jobNumber) => file('combined', `${video}_combine_${pad(jobNumber)}.mp4`),
    film: (video) => file('final', `${video}.mp4`),
  }
}

/**
 * Where a job's files go on the ComfyUI server: run, video, chunk and attempt each have their own folder, so that a save
 * node's counter never meets a file of another attempt and an identical graph is never answered from the cache.
 */
export function serverFolder(runName: string, video: string, part: string, attempt: number): string {
  return `prompt-runner/${runName}/${video}/${part}/attempt_${attempt}`
}

export const chunkPart = (chunk: number) => `chunk_${pad(chunk)}`
export const combinePart = (jobNumber: number) => `combine_${pad(jobNumber)}`

/** The name under which a chunk's reference frame is uploaded; the server may answer with another. */
export function referenceUploadName(runName: string, video: string, chunk: number): string {
  return `${runName}_${video}_${chunkPart(chunk)}_reference.png`
}

/** Object names in the bucket; the run's name keeps a second run of one video from meeting the first one's objects. */
export function objectName(prefix: string, runName: string, video: string, file: string): string {
  return [prefix, video, runName, file].filter((part) => part !== '').join('/')
}

/** How ComfyUI's loaders name a file that the server itself wrote (folder_paths.get_annotated_filepath). */
export function annotatedName(file: OutputFile): string {
  const path = file.subfolder === '' ? file.filename : `${file.subfolder}/${file.filename}`
  return file.type === 'input' ? path : `${path} [${file.type}]`
}

function pad(number: number): string {
  return String(number).padStart(3, '0')
}
