import { readFileSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import type {
  Clients,
  ComfyuiClient,
  HistoryEntry,
  MediaInfo,
  PodClient,
  PromptEvent,
} from '../../src/clients/clients.ts'
import { inputFile } from '../../src/config/layout.ts'
import type { Graph } from '../../src/domain/graph.ts'
import type { Plan } from '../../src/domain/plan.ts'
import type { OutputFile, RunEvent, StoredObject } from '../../src/domain/run-event.ts'
import { PromptRunnerError } from '../../src/errors.ts'
import { fileCrc32c } from '../../src/files/file-crc32c.ts'
import { temporaryFolder } from '../support/folders.ts'

/** What an orchestrator asks of the outside, answered from memory, for whatever is not about how it is asked. */
export interface SmallWorld {
  readonly folder: string
  /** Files of the server, by `folder/name`. */
  readonly files: Set<string>
  /** Entries of the server's history. */
  readonly history: Map<string, HistoryEntry>
  readonly bucket: Map<string, StoredObject>
  /** What was asked and what was told, in order. */
  readonly log: string[]
  readonly events: RunEvent[]
  /** Is told what is asked before it is answered; what it throws is the answer. */
  fault: (asked: string) => void
  /** Whether the machine dies when an event is told. */
  dies: (event: RunEvent) => boolean
  /** What the server says of a prompt while it runs. */
  told: (promptId: string) => readonly PromptEvent[]
  /** Of a video that lies at a path; null: it is as planned. */
  probed: (path: string) => Partial<MediaInfo> | null
  /** Prompts that the queue has. */
  readonly queue: { running: string[]; pending: string[] }
  readonly pod: { status: string; costPerHour: number }
  readonly controller: AbortController
  readonly closing: AbortController
  /** What somebody at the terminal answers. */
  says: boolean
  now: number
}

/** A server that has nothing yet, in a folder that has nothing yet. */
export function smallWorld(): SmallWorld {
  return {
    folder: temporaryFolder(),
    files: new Set(),
    history: new Map(),
    bucket: new Map(),
    log: [],
    events: [],
    fault: () => {},
    dies: () => false,
    told: () => [],
    probed: () => null,
    queue: { running: [], pending: [] },
    pod: { status: 'RUNNING', costPerHour: 0.79 },
    controller: new AbortController(),
    closing: new AbortController(),
    says: false,
    now: 0,
  }
}

/** All that is outside of a run of these plans. */
export function clientsIn(world: SmallWorld, plans: readonly Plan[]): Clients {
  const ask = (asked: string) => {
    const line = asked.replaceAll(world.folder, '')
    world.log.push(`→ ${line}`)
    world.fault(line)
  }
  const comfyui: Partial<ComfyuiClient> = {
    connect: async () => ask('connect'),
    keepConnecting: () => ask('keep connecting'),
    close: async () => ask('close'),
    async submit({ promptId, graph, extraData }) {
      const { modifications: _, ...job } = extraData!['prompt_runner'] as Record<string, unknown>
      ask(`submit ${promptId} ${JSON.stringify(job)} with ${loadedBy(graph).join(', ')}`)
      world.history.set(promptId, entryOf(promptId, graph))
      return { promptId, number: 1 }
    },
    async follow(promptId, onEvent, signal) {
      for (const event of world.told(promptId)) onEvent(event)
      signal?.throwIfAborted()
      ask(`follow ${promptId}`)
      const entry = world.history.get(promptId)!
      for (const file of Object.values(entry.files).flat()) world.files.add(pathOf(file))
      return entry
    },
    async history(promptId) {
      ask(`history ${promptId}`)
      return world.history.get(promptId) ?? null
    },
    async queue() {
      ask('queue')
      return world.queue
    },
    async queueRemaining() {
      ask('queue length')
      return 0
    },
    async download(file, path) {
      ask(`download ${pathOf(file)} to ${path}`)
      if (!world.files.has(pathOf(file))) throw new PromptRunnerError('PR_COMFY_HTTP', 'no such file')
      writeFileSync(
        path,
        file.filename.endsWith('.latent') ? latentFile([1, 16, 26, 106, 60]) : `made as ${pathOf(file)}`,
      )
      return { bytes: 1 }
    },
    async holds(file) {
      ask(`holds ${pathOf(file)}`)
      return world.files.has(pathOf(file))
    },
    async size(file) {
      ask(`size ${pathOf(file)}`)
      return world.files.has(pathOf(file)) ? null : 0
    },
    async upload(path, { name = basename(path), subfolder = '', type = 'input' } = {}) {
      const file = { filename: name, subfolder, type }
      ask(`upload ${path} as ${type} ${pathOf(file)}`)
      world.files.add(pathOf(file))
      return file
    },
    interrupt: async (promptId) => ask(`interrupt ${promptId}`),
    deleteQueued: async (promptIds) => ask(`delete ${promptIds}`),
  }
  return {
    comfyui: comfyui as ComfyuiClient,
    storage: {
      bucket: 'films',
      prefix: 'june',
      async upload({ path, object, contentType, metadata, onProgress }) {
        ask(`store ${path} as ${object}, ${contentType}, ${JSON.stringify(metadata)}`)
        if (contentType === 'application/json') world.log.push(JSON.stringify(JSON.parse(readFileSync(path, 'utf8'))))
        onProgress?.(1, 2)
        const crc32c = await fileCrc32c(path)
        const stored = { bucket: 'films', name: object, size: 4, crc32c, md5: null, generation: '1' }
        world.bucket.set(object, stored)
        return stored
      },
      async stat(object) {
        ask(`stat ${object}`)
        return world.bucket.get(object) ?? null
      },
      list: async () => [],
      // Only what is shared with other machines is claimed or comes back.
      claim: async () => null,
      download: (object) => Promise.reject(new Error(`nobody asks for ${object}`)),
    },
    pod: podOf(world, ask),
    media: {
      async extractFrame(video, frame, png) {
        ask(`cut frame ${frame} of ${video} to ${png}`)
        writeFileSync(png, 'a picture')
      },
      async probe(path) {
        ask(`probe ${path}`)
        return { ...plannedAt(path, plans), ...world.probed(path) }
      },
      async join(videos, { film }) {
        ask(`join ${videos.join(', ')} to ${film}`)
        writeFileSync(film, 'a film')
      },
    },
    pace: {
      pause: async (ms) => ask(`pause ${ms}`),
      patience: async (ms) => ask(`patience ${ms}`),
      limit: (ms) => ms,
    },
  }
}

function podOf(world: SmallWorld, ask: (asked: string) => void): PodClient {
  return {
    podId: 'mine',
    async info() {
      ask('pod info')
      return { id: 'mine', name: '', actions: [], gpu: null, locked: false, ...world.pod }
    },
    async health() {
      ask('pod health')
      return { status: 'ok', uptimeSeconds: null, gpus: [{ util: 3, memoryUtil: 4 }], cpuUtil: null, memoryUtil: null }
    },
    async stop() {
      ask('pod stop')
      Object.assign(world.pod, { status: 'EXITED', costPerHour: 0 })
    },
  }
}

/** A file of one tensor, as safetensors. */
export function latentFile(shape: readonly number[], name = 'latent_tensor'): Buffer {
  const header = Buffer.from(
    JSON.stringify({ __metadata__: {}, [name]: { dtype: 'F16', shape, data_offsets: [0, 2] } }),
  )
  const length = Buffer.alloc(8)
  length.writeBigUInt64LE(BigInt(header.length))
  return Buffer.concat([length, header, Buffer.alloc(2)])
}

/** Every node that saves has saved one file. */
function entryOf(promptId: string, graph: Graph): HistoryEntry {
  const files = Object.entries(graph).flatMap(([node, { inputs, class_type }]) => {
    const prefix = inputs['filename_prefix']
    if (typeof prefix !== 'string') return []
    const { filename, subfolder } = inputFile(prefix)
    const ending = class_type === 'SaveLatent' ? 'latent' : 'mp4'
    return [[node, [{ filename: `${filename}_00001_.${ending}`, subfolder, type: 'output' }]] as const]
  })
  return { promptId, status: 'success', files: Object.fromEntries(files), outputs: {}, messages: [] }
}

/** What its loaders are to load, and where its savers save. */
function loadedBy(graph: Graph): string[] {
  return Object.values(graph).flatMap(({ class_type, inputs }) =>
    ['image', 'latent', 'video', 'file', 'filename_prefix'].flatMap((name) =>
      typeof inputs[name] === 'string' ? `${class_type} ${inputs[name]}` : [],
    ),
  )
}

function plannedAt(path: string, plans: readonly Plan[]): MediaInfo {
  const plan = plans.find(({ videoName }) => basename(path).startsWith(videoName))!
  const { width, height, fps } = plan
  const [, kind, number] = /(chunk|combine)_(\d+)/.exec(path)!
  const at = Number(number) - 1
  const job = kind === 'chunk' ? plan.passes[at]!.low : plan.combineJobs[at]!
  return { width, height, fps, frames: job.kind === 'combine' ? job.filmFrames : job.chunk.renderFrames }
}

const pathOf = ({ subfolder, filename }: OutputFile) => join(subfolder, filename)
