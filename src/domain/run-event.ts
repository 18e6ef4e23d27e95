import type { OutputRole } from './bindings.ts'
import type { EstimateFacts } from './estimate/estimate-data.ts'
import type { JobPhases } from './estimate/job-phases.ts'
import type { Job, Plan } from './plan.ts'
import type { Price } from './price.ts'

/** A file that a ComfyUI server wrote, as its history names it. */
export interface OutputFile {
  readonly filename: string
  readonly subfolder: string
  readonly type: 'output' | 'input' | 'temp'
}

/** An object in a bucket whose size and checksum were verified. `size` in bytes, checksums in base64 as GCS gives them. */
export interface StoredObject {
  readonly bucket: string
  readonly name: string
  readonly size: number
  readonly crc32c: string
  readonly md5: string | null
  readonly generation: string
}

/** A file that a job made: on the server, under the name that it gave it, and the path of a copy of it here. */
export interface MadeFile<Copy extends string | null = string | null> {
  readonly server: OutputFile
  readonly copy: Copy
  /** What the copy was when it came; nobody wrote it down before version 0.2. */
  readonly digest?: FileDigest
}

/** What tells a file from another one, and from what is left of it when it is damaged. */
export interface FileDigest {
  readonly bytes: number
  /** Base64, as the bucket has it. */
  readonly crc32c: string
}

/** What a finished job left behind. */
export type JobResult = HighResult | LowResult | CombineResult

interface DoneJob {
  readonly promptId: string
  /** Milliseconds between submit and the history entry, on the run's clock. */
  readonly tookMs: number
  /** Where that went; missing where nobody saw all of it. */
  readonly phases?: JobPhases
}

export interface HighResult extends DoneJob {
  readonly kind: 'high'
  readonly latent: MadeFile
}

export interface LowResult extends DoneJob {
  readonly kind: 'low'
  readonly video: MadeFile<string>
  /** Null when the template saves none. */
  readonly latent: MadeFile | null
}

export interface CombineResult extends DoneJob {
  readonly kind: 'combine'
  readonly film: MadeFile
}

/** The result of such a job. */
export type ResultOf<J extends Job> = Extract<JobResult, { kind: J['kind'] }>

/** What a job left behind by its role, in the order of `OutputRole`. */
export function filesOf(result: JobResult): ReadonlyArray<readonly [OutputRole, MadeFile]> {
  switch (result.kind) {
    case 'high':
      return [['latent', result.latent]]
    case 'low':
      return [...(result.latent ? [['latent', result.latent] as const] : []), ['video', result.video]]
    case 'combine':
      return [['film', result.film]]
    default:
      return result satisfies never
  }
}

/** What later jobs load of a job, or the end of its video reads. */
export function mainFileOf(result: JobResult): MadeFile {
  switch (result.kind) {
    case 'high':
      return result.latent
    case 'low':
      return result.video
    case 'combine':
      return result.film
    default:
      return result satisfies never
  }
}

/** A result whose files are changed, each by itself. */
export function withFiles(result: JobResult, change: <File extends MadeFile>(file: File) => File): JobResult {
  switch (result.kind) {
    case 'high':
      return { ...result, latent: change(result.latent) }
    case 'low':
      return { ...result, video: change(result.video), latent: result.latent && change(result.latent) }
    case 'combine':
      return { ...result, film: change(result.film) }
    default:
      return result satisfies never
  }
}

/** A result whose main file the server has under another name now, or whose copy lies elsewhere. */
export function withMainFile(result: JobResult, change: { server?: OutputFile; copy?: string }): JobResult {
  switch (result.kind) {
    case 'high':
      return { ...result, latent: { ...result.latent, ...change } }
    case 'low':
      return { ...result, video: { ...result.video, ...change } }
    case 'combine':
      return { ...result, film: { ...result.film, ...change } }
    default:
      return result satisfies never
  }
}

/**
 * All that happens in a run, in order. The state file, the progress display, the log and `--json`
 * are four readers of this one stream. `workflow` is the job's workflow number, `at` epoch milliseconds.
 */
export type RunEvent =
  | {
      kind: 'run-started'
      at: number
      runId: string
      runName: string
      dryRun: boolean
      videos: readonly string[]
      /** Planned, of all videos; missing in what earlier versions wrote. */
      jobs?: number
      /** Words of its command line that say what is to be made and how. */
      options?: readonly string[]
    }
  /** Whom it runs on; `gpu` as the server names it. Only of live runs. */
  | { kind: 'server'; at: number; gpu: string; version: string }
  /** How long the jobs of this start will take: before the first of them, and once more when its pace is known. */
  | ({ kind: 'estimate'; at: number } & EstimateFacts)
  /** Of several servers this one has it from now on. */
  | { kind: 'video-placed'; at: number; video: string; server: string }
  /** The server that had it could not go on with it; `isOut`: nor with any other. */
  | { kind: 'video-returned'; at: number; video: string; server: string; reason: string; isOut: boolean }
  | { kind: 'video-started'; at: number; video: string; plan: Plan; skipped: readonly number[] }
  | {
      kind: 'job-started'
      at: number
      video: string
      workflow: number
      promptId: string
      attempt: number
      /** Digest of the graph that is sent. */
      graph: string
    }
  | {
      kind: 'job-adopted'
      at: number
      video: string
      workflow: number
      promptId: string
      attempt: number
      isDone: boolean
    }
  /** `server`: which one, where there are several. */
  | { kind: 'server-away'; at: number; waited: number; patience: number; server?: string }
  | { kind: 'job-queued'; at: number; video: string; workflow: number; ahead: number }
  | {
      kind: 'job-progress'
      at: number
      video: string
      workflow: number
      node: string
      title: string
      step: number
      of: number
    }
  /** A node has made files that the job is for, as the server says while it runs. */
  | {
      kind: 'job-output'
      at: number
      video: string
      workflow: number
      promptId: string
      node: string
      files: readonly OutputFile[]
    }
  /** The server has done it. What it made may still have to be brought home and checked. */
  | { kind: 'job-ended'; at: number; video: string; workflow: number; promptId: string }
  | { kind: 'job-finished'; at: number; video: string; workflow: number; result: JobResult }
  /** Another run, `from`, has done this very job, and this one goes on from there. */
  | { kind: 'job-taken'; at: number; video: string; workflow: number; jobId: string; from: string; result: JobResult }
  | {
      kind: 'job-failed'
      at: number
      video: string
      workflow: number
      code: string
      reason: string
      attempt: number
      willRetry: boolean
      /** The prompt was cancelled, and nobody has seen that it ended. */
      disobeys?: true
    }
  | {
      kind: 'reference-extracted'
      at: number
      video: string
      chunk: number
      frame: number
      file: string
      digest?: FileDigest
    }
  | { kind: 'reference-uploaded'; at: number; video: string; chunk: number; name: string }
  | { kind: 'film-downloaded'; at: number; video: string; file: string; bytes: number; crc32c: string; frames: number }
  | { kind: 'upload-started'; at: number; video: string; object: string; bytes: number }
  | { kind: 'upload-progress'; at: number; video: string; object: string; sent: number; bytes: number }
  | { kind: 'upload-finished'; at: number; video: string; role: 'film' | 'manifest'; object: StoredObject }
  | { kind: 'cleanup'; at: number; video: string; files: readonly string[]; kept: readonly string[]; reason: string }
  | { kind: 'video-finished'; at: number; video: string; film: string; frames: number }
  | { kind: 'video-failed'; at: number; video: string; code: string; reason: string; hint?: string }
  | {
      kind: 'pod'
      at: number
      podId: string
      status: string
      action: 'found' | 'kept' | 'stopped'
      /** How busy its GPUs are, in percent; told once, when the pod is found. */
      gpus?: ReadonlyArray<{ readonly util: number; readonly memoryUtil: number }>
    }
  /** What the run's time costs from here on; `before` is what its earlier starts have cost, in USD. */
  | { kind: 'price'; at: number; price: Price; before: number }
  | { kind: 'warning'; at: number; video: string | null; message: string }
  | { kind: 'run-finished'; at: number; ok: boolean; cancelled?: true }

export type EmitRunEvent = (event: RunEvent) => void
