import type { PlanSettings } from '../domain/plan-values.ts'
import type { NodeBehaviour } from '../simulators/comfyui/behaviours/node-behaviour.ts'

export type LogLevel = 'DEBUG' | 'INFO' | 'WARNING' | 'ERROR'

/** A ComfyUI server, and how to get in. */
export interface ComfyuiSettings {
  readonly url: URL
  readonly token: string | null
  readonly headers: Readonly<Record<string, string>>
  /** Path of a PEM file with an own certificate authority. */
  readonly ca: string | null
}

/** One of several servers. */
export interface ServerSettings extends ComfyuiSettings {
  /** USD an hour, as given for it or for every server; null: nobody has said. */
  readonly price: number | null
  /** How many times as fast it is as its recording, in a dry run. */
  readonly speed: number
}

/** Everything that can be set, settled once and frozen. Names follow the table of `pr help settings`. */
export interface Settings {
  /** The only server, or the first of several. */
  readonly comfyui: ComfyuiSettings
  /** All of several servers; empty: there is one. */
  readonly servers: readonly ServerSettings[]
  readonly storage: {
    /** null: none given. A live upload asks for one; a dry run uses `gs://dry-run`. */
    readonly bucket: string | null
    readonly prefix: string
    readonly credentialsFile: string | null
    /** `projectId` for Google's library, so that it never runs `gcloud`. */
    readonly projectId: string
  }
  readonly pod: { readonly id: string | null; readonly apiKey: string | null }
  readonly programs: { readonly ffmpeg: string; readonly ffprobe: string }
  readonly prompts: { readonly files: readonly string[]; readonly dir: string }
  readonly plan: PlanSettings
  /** Folder with render.json, combine.json, bindings.yaml; null: the shipped set. */
  readonly workflows: string | null
  /** What node classes do, by code, for the simulated server. */
  readonly behaviours: readonly NodeBehaviour[]
  readonly run: {
    /** Empty: the last unfinished one, which is named before anything else is done. */
    readonly resume: string | null
    /** The run to resume is to be fetched from the bucket. */
    readonly isElsewhere: boolean
    readonly maxRetries: number
    /** Milliseconds that a server may be away: in the middle of a run, and at its start. */
    readonly patience: number
    readonly patienceAtStart: number
    /** Milliseconds without progress after which a job is given up; null: never. */
    readonly jobTimeout: number | null
    /** Whose times an estimate is by; null: that of the server, of earlier runs or of the recording. */
    readonly gpu: string | null
    /** USD an hour, as given; null: RunPod is asked. */
    readonly price: number | null
    /** USD that a run may cost, all its starts together; null: any sum. */
    readonly budget: number | null
    /** Films that are rendered at a time, at most; null: one on each server. */
    readonly parallel: number | null
    /** Milliseconds that may go by after a start; null: any time. */
    readonly deadline: number | null
    /** Absolute. */
    readonly outputDir: string
    readonly upload: boolean
    /** Not only the film, but all that another machine needs to go on. */
    readonly uploadAll: boolean
    readonly keepIntermediate: boolean
    /** keep is the default and the meaning of --no-shutdown. */
    readonly shutdown: 'keep' | 'force'
    readonly validateOnly: boolean
    readonly yes: boolean
  }
  readonly dryRun: {
    readonly enabled: boolean
    readonly engine: 'wire' | 'msw'
    /** Name of a shipped or local recording, or path of a HAR file. */
    readonly recording: string
    /** Share of real time that the recorded time takes: 0 none, 1 all of it. */
    readonly speed: number
    readonly realFfmpeg: boolean
    readonly strict: boolean
    /** As they were given; files with their whole path. */
    readonly faults: readonly string[]
    /** Try all faults that could happen, in so many chunks. */
    readonly sweep: boolean
    readonly sweepChunks: number
    /** Epoch milliseconds at which the run's own clock starts; null: now. */
    readonly startTime: number | null
    /** Where run folders go; absolute. */
    readonly tempDir: string
    /** Where they go when no folder can be made there; absolute. */
    readonly currentDir: string
  }
  readonly output: {
    readonly logLevel: LogLevel
    readonly json: boolean
    readonly quiet: boolean
    readonly colour: boolean
    /** `TERM=dumb`: no moving cursor. */
    readonly dumb: boolean
    /** `CI` is set: no prompts, no cursor movement, recordings are read-only. */
    readonly ci: boolean
  }
}
