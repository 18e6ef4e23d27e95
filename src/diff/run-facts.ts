import type { ServerFacts } from '../recording/server-facts.ts'

/** What two runs are compared by. */
export interface RunFacts {
  readonly jobs: readonly JobFacts[]
  readonly uploads: readonly UploadFacts[]
  /** null where nothing says: the recordings of servers have none. */
  readonly estimate: EstimateFacts | null
  /** Of a recording that teaches its node classes; null where nothing does, and for run folders. */
  readonly server: ServerFacts | null
}

export interface JobFacts {
  /** `wren high_noise_render 1`, or `prompt 1` where the request does not say what it is. */
  readonly name: string
  /** By node id. */
  readonly nodes: ReadonlyMap<string, NodeFacts>
}

export interface NodeFacts {
  readonly title: string
  readonly className: string
  /** Values as the JSON text that was sent: its numbers can be longer than a double. */
  readonly inputs: ReadonlyMap<string, string>
}

export interface UploadFacts {
  /** `gs://bucket/object` */
  readonly url: string
  /** Type, size and checksum; of what differs in any two runs, manifests and films, only the type. */
  readonly content: Readonly<Record<string, string | number>>
}

/** Seconds, minutes and USD, as `summary.json` has them. */
export interface EstimateFacts {
  /** Null where a CPU was recorded, whose time says nothing about a GPU. */
  readonly server_seconds: number | null
  readonly gpu_minutes: number | null
  readonly cost_usd: number | null
}
