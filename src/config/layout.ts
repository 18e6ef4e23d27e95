import { existsSync } from 'node:fs'
import { basename, join } from 'node:path'
import { uuidV5 } from '../domain/ids.ts'
import type { OutputFile } from '../domain/run-event.ts'
import { isWritableFolder } from '../files/folders.ts'

/** Every path and every name that a run gives to something, in one place. Local paths are absolute. */
export interface Layout {
  readonly root: string
  /** All folders that a run writes to. */
  readonly folders: readonly string[]
  readonly journal: string
  cleanupReport(video: string): string
  manifest(video: string): string
  /** What came of the run when it last ended. */
  readonly summary: string
  /** The page that tells of it. */
  readonly page: string
  /** Where the address of an upload's session outlives the program: in the state, and gone when the upload is done. */
  uploadSession(object: string): string
  latent(video: string, chunk: number, pass: 'high' | 'low'): string
  chunkVideo(video: string, chunk: number): string
  referenceFrame(video: string, chunk: number): string
  combined(video: string, jobNumber: number): string
  /** Where films go, as `filmName` calls them. */
  readonly finalDir: string
}

/**
 * The folders of a run are `latents/ videos/ references/ combined/ final/ state/` below the output directory.
 * Intermediate files carry the run's name: otherwise a second run of a video would write over files that the first one,
 * when resumed, takes for its own. Reports carry it too where several runs share a folder; the run folder of a
 * rehearsal is nobody else's.
 */
export function createLayout(root: string, runName: string, stateDir: string = stateDirOf(root)): Layout {
  const file = (folder: string, video: string, name: string) => join(root, folder, `${video}_${runName}_${name}`)
  const isShared = stateDir === stateDirOf(root)
  const report = (kind: string, video: string) =>
    join(stateDir, isShared ? `${kind}_${video}_${runName}.json` : `${kind}_${video}.json`)
  return {
    root,
    folders: [...['latents', 'videos', 'references', 'combined', 'final'].map((name) => join(root, name)), stateDir],
    journal: journalOf(stateDir, runName),
    cleanupReport: (video) => report('cleanup', video),
    manifest: (video) => report('manifest', video),
    summary: join(stateDir, `summary_${runName}.json`),
    page: join(stateDir, `report_${runName}.html`),
    uploadSession: (object) => join(stateDir, `${runName}.upload-${uuidV5(object, NO_NAMESPACE)}`),
    latent: (video, chunk, pass) => file('latents', video, `${chunkPart(chunk)}_${pass}.latent`),
    chunkVideo: (video, chunk) => file('videos', video, `${chunkPart(chunk)}.mp4`),
    referenceFrame: (video, chunk) => file('references', video, `${chunkPart(chunk)}_reference.png`),
    combined: (video, jobNumber) => file('combined', video, `${combinePart(jobNumber)}.mp4`),
    finalDir: finalDirOf(root),
  }
}

const NO_NAMESPACE = '00000000-0000-0000-0000-000000000000'

/** On a RunPod pod the volume is mounted at /workspace; elsewhere files go below the current folder. */
export function defaultOutputDir(cwd: string, workspace = '/workspace'): string {
  const onPod = join(workspace, 'ComfyUI/output/prompt-runner')
  return existsSync(workspace) && isWritableFolder(onPod) ? onPod : join(cwd, 'output/prompt-runner')
}

/** Where the films of all runs of an output directory lie. */
export function finalDirOf(root: string): string {
  return join(root, 'final')
}

/** A film's file in `final/`; with the run's name for the second and every later one of a video. */
export function filmName(video: string, runName?: string): string {
  return runName === undefined ? `${video}.mp4` : `${video}_${runName}.mp4`
}

/** Where the journals of all runs of an output directory lie. */
export function stateDirOf(root: string): string {
  return join(root, 'state')
}

/** The file that a run's events are appended to, one JSON object a line. */
export function journalOf(stateDir: string, runName: string): string {
  return join(stateDir, `${runName}.jsonl`)
}

/**
 * Where a job's files go on the ComfyUI server: run, video, chunk and attempt each have their own folder, so that a save
 * node's counter never meets a file of another attempt and an identical graph is never answered from the cache.
 */
export function serverFolder(runName: string, video: string, part: string, attempt: number): string {
  return `prompt-runner/${runName}/${video}/${part}/attempt_${attempt}`
}

/** A chunk in a path or a file name: `chunk_001`. */
export const chunkPart = (chunk: number) => `chunk_${pad(chunk)}`
/** A combine job in a path: `combine_001`. */
export const combinePart = (jobNumber: number) => `combine_${pad(jobNumber)}`

/** The name under which a chunk's reference frame is uploaded; the server may answer with another. */
export function referenceUploadName(runName: string, video: string, chunk: number): string {
  return `${runName}_${video}_${chunkPart(chunk)}_reference.png`
}

/** Object names in the bucket; the run's name keeps a second run of one video from meeting the first one's objects. */
export function objectName(prefix: string, runName: string, video: string, file: string): string {
  return [prefix, video, runName, file].filter((part) => part !== '').join('/')
}

/** The names of a video's objects in the bucket. */
export function objectNames(prefix: string, runName: string, video: string): Record<'film' | 'manifest', string> {
  const name = (file: string) => objectName(prefix, runName, video, file)
  return { film: name(`${video}.mp4`), manifest: name('manifest.json') }
}

/** The file in the server's input folder by which a run takes its name there. */
export function serverClaim(runName: string): { readonly name: string; readonly subfolder: string } {
  return { name: `claim_${runName}.json`, subfolder: `prompt-runner/${runName}` }
}

/** What lies in the bucket of a run as a whole, below a name that is no video's folder of it. */
export function runObjects(prefix: string, runName: string) {
  const name = (file: string) => objectName(prefix, runName, 'runs', file)
  return {
    folder: name(''),
    /** Whoever makes the highest one has the run. */
    claim: (number: number) => name(`claim_${pad(number)}.json`),
    /** What was added to the journal behind so many bytes. */
    journal: (from: number) => name(`journal/${String(from).padStart(12, '0')}.jsonl`),
    /** A file, by what it is: another content of the same name is another object. */
    file: (crc32c: string, path: string) =>
      name(`files/${Buffer.from(crc32c, 'base64').toString('hex')}_${basename(path)}`),
  } as const
}

/** How ComfyUI's loaders name a file that the server itself wrote (folder_paths.get_annotated_filepath). */
export function annotatedName(file: OutputFile): string {
  const path = file.subfolder === '' ? file.filename : `${file.subfolder}/${file.filename}`
  return file.type === 'input' ? path : `${path} [${file.type}]`
}

/** The file in the server's input folder that `annotatedName` called so. */
export function inputFile(name: string): OutputFile {
  const end = name.lastIndexOf('/')
  return { filename: name.slice(end + 1), subfolder: name.slice(0, Math.max(0, end)), type: 'input' }
}

function pad(number: number): string {
  return String(number).padStart(3, '0')
}
