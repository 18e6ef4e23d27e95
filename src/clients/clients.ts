import type { JoinVideos } from '../domain/ffmpeg-arguments.ts'
import type { Graph } from '../domain/graph.ts'
import type { Pace } from '../domain/pace.ts'
import type { OutputFile, StoredObject } from '../domain/run-event.ts'

/** The outside world as the orchestrator sees it. There is one real set and no other. */
export interface Clients {
  readonly comfyui: ComfyuiClient
  readonly storage: StorageClient
  /** null when the run is not on a pod. */
  readonly pod: PodClient | null
  readonly media: MediaClient
  /** How they wait, and how everybody else in a run does. */
  readonly pace: Pace
}

export interface ComfyuiClient {
  readonly address: URL
  /** Opens the socket. Safe to call again; the client reconnects by itself until `close`. */
  connect(signal?: AbortSignal): Promise<void>
  /** Goes on trying to open a socket that was refused; what happens meanwhile is found out by asking. */
  keepConnecting(): void
  close(): Promise<void>
  /** `POST /prompt`. A 400, and a 200 with `node_errors`, throw PR_COMFY_REJECTED with one problem per node error. */
  submit(request: SubmitRequest, signal?: AbortSignal): Promise<Submission>
  /**
   * Waits until `/history/{id}` has the prompt; the socket only feeds `onEvent` and wakes the poll.
   * Throws PR_COMFY_FAILED, PR_COMFY_INTERRUPTED or PR_COMFY_LOST.
   */
  follow(promptId: string, onEvent: (event: PromptEvent) => void, signal?: AbortSignal): Promise<HistoryEntry>
  history(promptId: string, signal?: AbortSignal): Promise<HistoryEntry | null>
  queue(signal?: AbortSignal): Promise<QueueState>
  /** Prompts waiting or running, all clients together (`GET /prompt`). */
  queueRemaining(signal?: AbortSignal): Promise<number>
  /**
   * `GET /view`, streamed to `path` through a temporary name. A size that differs from Content-Length throws, and so do more bytes
   * than `most`, announced or not.
   */
  download(file: OutputFile, path: string, signal?: AbortSignal, most?: number): Promise<{ bytes: number }>
  /** Whether `GET /view` would find a file; nothing is downloaded. */
  holds(file: OutputFile, signal?: AbortSignal): Promise<boolean>
  /** Bytes of such a file, as `HEAD /view` tells; null when there is none or it does not say. */
  size(file: OutputFile, signal?: AbortSignal): Promise<number | null>
  /** `POST /upload/image`, streamed. Use the name in the answer: the server may have changed it. */
  upload(path: string, options?: UploadOptions, signal?: AbortSignal): Promise<OutputFile>
  interrupt(promptId?: string): Promise<void>
  deleteQueued(promptIds: readonly string[]): Promise<void>
  free(what: { unloadModels?: boolean; freeMemory?: boolean }): Promise<void>
  /** `GET /object_info` or `/object_info/{class}`; text, because its integers can exceed 2^53. */
  objectInfoText(className?: string, signal?: AbortSignal): Promise<string>
  systemStats(signal?: AbortSignal): Promise<SystemStats>
  /** Server features; `{}` on servers that have no such route. */
  features(signal?: AbortSignal): Promise<Record<string, unknown>>
  models(folder?: string, signal?: AbortSignal): Promise<string[]>
}

export interface SubmitRequest {
  /** Canonical lower-case UUID; newer servers insist. */
  readonly promptId: string
  readonly graph: Graph
  /** Sent as `extra_data`; `prompt_runner` inside it tells capture and history what the job is. */
  readonly extraData?: Record<string, unknown>
}

export interface Submission {
  /** The id in the answer (servers before 0.3.45 ignore the one that was sent). */
  readonly promptId: string
}

export type PromptEvent =
  | { kind: 'queue'; remaining: number }
  | { kind: 'started' }
  | { kind: 'cached'; nodes: readonly string[] }
  | { kind: 'executing'; node: string }
  | { kind: 'progress'; node: string; value: number; max: number }
  | { kind: 'executed'; node: string; output: Record<string, unknown> | null; files: readonly OutputFile[] }
  | { kind: 'preview'; node: string | null; mimeType: string; image: Uint8Array }
  | { kind: 'text'; node: string; text: string }
  /** The prompt was looked for and has not ended; `before` are those that run first. */
  | { kind: 'look'; state: 'running' | 'pending'; before: readonly string[] }
  | { kind: 'socket'; state: 'open' | 'closed' | 'reconnecting'; detail: string }

export interface HistoryEntry {
  readonly promptId: string
  /** `unsaid`: the entry has no status; what it lists was made, and of anything else nothing is known. */
  readonly status: 'success' | 'error' | 'unsaid'
  /** Node id → every file that the node reported, under whatever key (`images`, `gifs`, `latents`, …). */
  readonly files: Readonly<Record<string, readonly OutputFile[]>>
  /** Node id → the node's `ui` output, verbatim. */
  readonly outputs: Readonly<Record<string, Record<string, unknown>>>
  readonly messages: ReadonlyArray<readonly [string, Record<string, unknown>]>
}

export interface QueueState {
  /** Prompt ids, in the order in which they will run. */
  readonly running: readonly string[]
  readonly pending: readonly string[]
}

export interface UploadOptions {
  readonly name?: string
  readonly subfolder?: string
  readonly type?: 'input' | 'output' | 'temp'
}

/** Memory in bytes. */
export interface SystemStats {
  readonly comfyuiVersion: string
  readonly ramTotal: number
  readonly devices: ReadonlyArray<{ readonly name: string; readonly type: string; readonly vramTotal: number }>
}

export interface StorageClient {
  /** The bucket and object prefix that uploads go to; the prefix has no slash at either end. */
  readonly bucket: string
  readonly prefix: string
  /**
   * Resumable upload in chunks of 8 MiB that goes on from what the service holds, create-only (`ifGenerationMatch=0`), verified by size and crc32c against a fresh
   * `GET` of the object. An object of that name with the same crc32c and size counts as done. `object` is the full name.
   */
  upload(request: StorageUpload, signal?: AbortSignal): Promise<StoredObject>
  /** The same; null when the name is taken by another content. */
  claim(request: StorageUpload, signal?: AbortSignal): Promise<StoredObject | null>
  /** To `path` through a temporary name, proven by size and crc32c. */
  download(object: string, path: string, signal?: AbortSignal): Promise<StoredObject>
  /** null when there is no such object. */
  stat(object: string, signal?: AbortSignal): Promise<StoredObject | null>
  list(prefix: string, signal?: AbortSignal): Promise<StoredObject[]>
}

export interface StorageUpload {
  readonly path: string
  readonly object: string
  readonly contentType: string
  readonly metadata?: Readonly<Record<string, string>>
  /** Where the upload is remembered until it is done, so that a later part of the run goes on with it; for its owner's eyes. */
  readonly sessionFile?: string
  readonly onProgress?: (sent: number, total: number) => void
}

export interface PodClient {
  readonly podId: string
  info(signal?: AbortSignal): Promise<PodInfo>
  health(signal?: AbortSignal): Promise<PodHealth>
  /** Compute stops, the volume disk stays (and costs double). One that is refused for the moment is tried again, as are the looks. */
  stop(signal?: AbortSignal): Promise<void>
}

export interface PodInfo {
  readonly id: string
  readonly name: string
  /** PROVISIONING, STARTING, RUNNING, EXITED, ERROR, TERMINATED. */
  readonly status: string
  readonly actions: readonly string[]
  readonly gpu: { readonly id: string; readonly count: number } | null
  /** USD per hour as the API says it now; 0 when stopped. */
  readonly costPerHour: number
  readonly locked: boolean
}

/** Utilisation in percent; null where the API gives none. */
export interface PodHealth {
  readonly status: string
  readonly uptimeSeconds: number | null
  readonly gpus: ReadonlyArray<{ readonly util: number; readonly memoryUtil: number }>
  readonly cpuUtil: number | null
  readonly memoryUtil: number | null
}

export interface MediaClient {
  /** Writes frame `frame` (counted from 0) of a video as PNG to `png`. */
  extractFrame(video: string, frame: number, png: string, signal?: AbortSignal): Promise<void>
  probe(video: string, signal?: AbortSignal): Promise<MediaInfo>
  /** Makes one video of several; without `cut` nothing is encoded, see `joinArguments`. */
  join(videos: readonly string[], film: Omit<JoinVideos, 'list'>, signal?: AbortSignal): Promise<void>
}

export interface MediaInfo {
  readonly frames: number
  readonly fps: number
  readonly width: number
  readonly height: number
}

/** How the ffmpeg client starts a program. In a dry run the simulator answers here: the one stand-in (`pr help decisions`). */
export type RunProgram = (
  command: string,
  args: readonly string[],
  options?: { signal?: AbortSignal | undefined },
) => Promise<{ exitCode: number; stdout: string; stderr: string }>
