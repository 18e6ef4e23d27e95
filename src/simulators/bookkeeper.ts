import type { MoneyFact, PaidJob } from '../domain/money-rules.ts'
import type { EmitRunEvent } from '../domain/run-event.ts'
import type { Outbox } from './comfyui/execute/prompt-run.ts'
import type { FileStore, StoredFile } from './comfyui/files/file-store.ts'
import type { ComfyuiSimulator } from './comfyui/simulator.ts'
import type { MakeComfyui } from './simulated-services.ts'
import type { Clock, SimulatedService, Simulator } from './simulator.ts'

/** Writes down what costs money or can be lost, as the services of a simulated world see it, whatever a run says of itself. */
export interface Bookkeeper {
  readonly facts: readonly MoneyFact[]
  /** Around the making of ComfyUI: one that is made anew has died before. Each of several servers is given by itself. */
  comfyui(make: MakeComfyui): MakeComfyui
  /** Is told of each file that a prompt has saved from now on. */
  onSaved(listener: (file: StoredFile) => void): void
  /** Around the other services; `around` puts something between them and the run. */
  wrap(service: SimulatedService, around: (service: SimulatedService) => SimulatedService): SimulatedService
  /** Around what a run tells of itself: its films, and the files that it deletes. */
  events(emit: EmitRunEvent): EmitRunEvent
  /** Looks whether a pod runs, at the end of a run. */
  lookAtPod(pod: string, end: { isToStop: boolean; isTold: boolean }): Promise<void>
}

/** A bookkeeper of a world that nothing has happened in yet. */
export function openBooks(clock: Pick<Clock, 'now'>): Bookkeeper {
  const facts: MoneyFact[] = []
  const prompts = new Map<string, Kept>()
  const ofJob = new Map<string, string[]>()
  const listeners: Array<(file: StoredFile) => void> = []
  const write = (fact: Untimed<MoneyFact>) => void facts.push({ at: clock.now(), ...fact } as MoneyFact)
  const end = (prompt: string, kind: 'failed' | 'interrupted' | 'lost') => {
    const kept = prompts.get(prompt)
    if (!kept || kept.isOver) return
    kept.isOver = true
    write({ kind, prompt })
  }
  const openOn = (disk: Disk) =>
    [...prompts].filter(([, kept]) => !kept.isOver && kept.disk === disk).map(([prompt]) => prompt)

  /** What the server says of its prompts; `files` is its disk. */
  const hearServer = (type: string, json: string, files: FileStore) => {
    const said = JSON.parse(json)
    const prompt = String(said.prompt_id)
    const kept = prompts.get(prompt)
    if (!kept || kept.isOver) return
    if (type === 'executed') {
      const saved = filesIn(said.output, files)
      kept.files.push(...saved)
      for (const file of saved) for (const listener of listeners) listener(file)
    }
    // What is only blocked is told as an error, and the prompt goes on.
    if (type === 'execution_error' && said.exception_type !== 'ExecutionBlocked') end(prompt, 'failed')
    if (type === 'execution_interrupted') end(prompt, 'interrupted')
    if (type !== 'execution_success') return
    kept.isOver = true
    write({ kind: 'done', prompt, files: kept.files.length })
  }

  const spoil = (job: PaidJob) => {
    for (const prompt of ofJob.get(job.id) ?? []) {
      const kept = prompts.get(prompt)!
      if (kept.isSpoilt || kept.files.every((file) => isThere(file, kept.disk.files()))) continue
      kept.isSpoilt = true
      write({ kind: 'spoilt', prompt })
    }
  }

  const watch = (server: ComfyuiSimulator, disk: Disk): ComfyuiSimulator => ({
    ...server,
    async http(request) {
      const asked = `${request.method} ${new URL(request.url).pathname.replace(/^\/api(?=\/)/, '')}`
      if (asked !== 'POST /prompt' && asked !== 'POST /queue') return server.http(request)
      const body = await request.text()
      const { url, method, headers, signal } = request
      const response = await server.http(new Request(url, { method, headers, signal, body }))
      if (asked === 'POST /queue') {
        const left = await idsInQueue(server)
        for (const prompt of openOn(disk)) if (!left.has(prompt)) end(prompt, 'lost')
        return response
      }
      const job = jobIn(body)
      const prompt = response.status === 200 ? (await jsonOf(response))?.prompt_id : null
      if (!job || typeof prompt !== 'string') return response
      spoil(job)
      prompts.set(prompt, { disk, files: [], isOver: false, isSpoilt: false })
      ofJob.set(job.id, [...(ofJob.get(job.id) ?? []), prompt])
      write({ kind: 'taken', prompt, job })
      return response
    },
  })

  const watchStorage =
    (http: Simulator): Simulator =>
    async (request) => {
      const response = await http(request)
      const { pathname } = new URL(request.url)
      if (pathname.startsWith('/upload/') && response.status === 200 && response.body !== null) {
        const stored = await jsonOf(response)
        if (stored?.crc32c) write({ kind: 'stored', object: `${stored.bucket}/${stored.name}`, crc32c: stored.crc32c })
      }
      const [, bucket, name] = /\/b\/([^/]+)\/o\/([^/]+)$/.exec(pathname) ?? []
      if (request.method === 'DELETE' && response.ok && bucket !== undefined)
        write({ kind: 'removed', object: `${bucket}/${decodeURIComponent(name!)}` })
      return response
    }

  let runpod: SimulatedService | null = null
  /** What RunPod has told the run last, which may be a lie. */
  let toldStatus = 'RUNNING'
  const watchPod =
    (http: Simulator): Simulator =>
    async (request) => {
      const response = await http(request)
      toldStatus = (response.ok && (await jsonOf(response))?.status) || toldStatus
      return response
    }
  return {
    facts,
    comfyui(make) {
      let server: ComfyuiSimulator | null = null
      const disk: Disk = { files: () => server!.files }
      return (parts) => {
        for (const prompt of openOn(disk)) end(prompt, 'lost')
        const listen = (hub: Outbox): Outbox => ({
          send(type, data, to) {
            if (ENDS.has(type)) hearServer(type, data(), server!.files)
            hub.send(type, data, to)
          },
          takesPreviewMetadata: (to) => hub.takesPreviewMetadata(to),
          preview: (preview, metadata, to) => hub.preview(preview, metadata, to),
          text: (nodeId, text) => hub.text(nodeId, text),
        })
        server = make({ ...parts, outbox: (hub) => parts?.outbox?.(listen(hub)) ?? listen(hub) })
        return watch(server, disk)
      }
    },
    onSaved: (listener) => void listeners.push(listener),
    wrap(service, around) {
      if (service.name === 'gcs') return around({ ...service, http: watchStorage(service.http) })
      if (service.name !== 'runpod') return around(service)
      runpod = service
      const told = around(service)
      return { ...told, http: watchPod(told.http) }
    },
    events: (emit) => (event) => {
      emit(event)
      if (event.kind === 'upload-finished' && event.role === 'film') {
        const { video, object } = event
        write({ kind: 'proven', video, object: `${object.bucket}/${object.name}`, crc32c: object.crc32c })
      }
      if (event.kind === 'cleanup' && event.files.length > 0)
        write({ kind: 'cleared', video: event.video, files: event.files.length })
    },
    async lookAtPod(pod, { isToStop, isTold }) {
      const headers = { authorization: 'Bearer bookkeeper' }
      const answer = await runpod?.http(new Request(`https://api.runpod.io/v2/pods/${pod}`, { headers }))
      const status = (answer?.ok && (await jsonOf(answer))?.status) || ''
      const runs = !OFF.has(status) && !OFF.has(toldStatus)
      write({ kind: 'pod', pod, runs, isToStop, isTold })
    },
  }
}

/** Of one server, whichever stands for it at the time. */
interface Disk {
  files(): FileStore
}

/** A prompt, and the files that it has named, as they were when it named them. */
interface Kept {
  readonly disk: Disk
  readonly files: StoredFile[]
  isOver: boolean
  isSpoilt: boolean
}

/** As RunPod calls a pod that costs nothing; empty for one that is not there. */
const OFF = new Set(['', 'EXITED', 'TERMINATED'])

const ENDS = new Set(['executed', 'execution_success', 'execution_error', 'execution_interrupted'])

type Untimed<Fact> = Fact extends unknown ? Omit<Fact, 'at'> : never

/** The answer stays to be read; null for what is no JSON. */
// biome-ignore lint/suspicious/noExplicitAny: answers of our own simulators
async function jsonOf(answer: Response): Promise<any> {
  try {
    return JSON.parse(await answer.clone().text())
  } catch {
    return null
  }
}

async function idsInQueue(server: ComfyuiSimulator): Promise<Set<string>> {
  const answer = await server.http(new Request('http://127.0.0.1/queue'))
  const { queue_running, queue_pending } = await jsonOf(answer)
  return new Set([...queue_running, ...queue_pending].map(([, prompt]: [unknown, string]) => prompt))
}

/** Null for a prompt of somebody else's. */
function jobIn(body: string): PaidJob | null {
  try {
    const { job_id: id, workflow_id: number } = JSON.parse(body).extra_data.prompt_runner
    return typeof id === 'string' && typeof number === 'number' ? { id, number } : null
  } catch {
    return null
  }
}

/** What a node says to have saved, of what is to stay. */
function filesIn(output: Record<string, unknown> | null, files: FileStore): StoredFile[] {
  return Object.values(output ?? {})
    .flat()
    .flatMap((entry) => {
      const { filename, subfolder = '', type = '' } = (entry ?? {}) as Partial<Record<string, string>>
      if (filename === undefined || type !== 'output') return []
      const file = files.at([files.directory(type), subfolder, filename].filter((part) => part !== '').join('/'))
      return file === null || file === 'directory' ? [] : [file]
    })
}

/** A server that was started again has the same bytes in a file of its own. */
function isThere({ path, bytes }: StoredFile, files: FileStore): boolean {
  const now = files.at(path)
  return now !== null && now !== 'directory' && now.bytes === bytes
}
