import type { Pace } from '../../domain/pace.ts'
import type { OutputFile } from '../../domain/run-event.ts'
import { PromptRunnerError } from '../../errors.ts'
import type { ComfyuiClient } from '../clients.ts'
import { type ServiceNaming, unreachable } from '../http/errors.ts'
import { withoutSecrets } from '../http/hide-secrets.ts'
import { createHttp, type HttpAnswer } from '../http/http.ts'
import { realPace } from '../real-pace.ts'
import { features, names, parsePythonJson, queueState, remaining, systemStats, uploadedFile } from './answers.ts'
import { saveAnswer, uploadBody } from './files.ts'
import { followPrompt } from './follow.ts'
import { createMailboxes } from './mailboxes.ts'
import { decodeMessage } from './message.ts'
import { failure, historyEntry } from './outcome.ts'
import { createComfyuiSocket, type WebSocketConstructor } from './socket.ts'
import { submitPrompt } from './submit.ts'

export interface ComfyuiOptions {
  readonly url: URL
  /** Socket and prompts carry it; messages about a prompt go to the socket with its client id. Must be a string of our own. */
  readonly clientId: string
  readonly token?: string | null
  readonly headers?: Readonly<Record<string, string>>
  /** PEM text. */
  readonly ca?: string | null
  /** Absent: `ws`. A WHATWG-like constructor gets the address only: no headers, no own CA. */
  readonly webSocket?: WebSocketConstructor
  readonly pace?: Pace | undefined
}

/** The client of a real ComfyUI, 0.3.40 and later. */
export function createComfyuiClient(options: ComfyuiOptions): ComfyuiClient {
  const http = createHttp({ ...NAMING, ...options, base: options.url, parse: parsePythonJson })
  const { pace = realPace } = options
  const mailboxes = createMailboxes(pace)
  const socket = createComfyuiSocket({
    url: socketUrl(http.url('/ws', { clientId: options.clientId })),
    headers: http.headers,
    ca: http.ca,
    webSocket: options.webSocket,
    pace,
    onFrame(frame) {
      const message = decodeMessage(frame)
      if (message) mailboxes.deliver(message)
    },
    onState: mailboxes.socket,
  })

  /** For routes that answer with an empty 200. */
  async function post(path: string, json: unknown): Promise<void> {
    await http.text(path, { method: 'POST', json })
  }

  /** Of a file that is there: bytes, null when it does not say. Of any other: `none`. */
  async function look(file: OutputFile, signal?: AbortSignal): Promise<number | null | 'none'> {
    const answer = await http.request('/view', { method: 'HEAD', query: viewQuery(file), allow: [404], signal })
    await answer.text()
    if (isPage(answer)) throw answer.foreign('<html>')
    if (answer.status === 404) return 'none'
    const length = answer.headers['content-length'] ?? ''
    return /^\d+$/.test(length) ? Number(length) : null
  }

  async function takeBack(promptId: string): Promise<void> {
    await client.deleteQueued([promptId])
    await client.interrupt(promptId)
  }

  const client: ComfyuiClient = {
    address: options.url,
    async connect(signal) {
      try {
        await socket.connect(signal)
      } catch (error) {
        signal?.throwIfAborted()
        throw unreachable(NAMING, `GET ${socketUrl(http.url('/ws'))}`, error)
      }
    },
    keepConnecting: socket.keepTrying,
    async close() {
      await socket.close()
      await http.close()
    },

    async submit(request, signal) {
      mailboxes.open(request.promptId, socket.isOpen)
      try {
        const submission = await submitPrompt({ http, clientId: options.clientId, takeBack }, request, signal)
        if (submission.promptId !== request.promptId) mailboxes.drop(request.promptId)
        return submission
      } catch (error) {
        mailboxes.drop(request.promptId)
        throw error
      }
    },
    async follow(promptId, onEvent, signal) {
      const known = mailboxes.open(promptId, false)
      known.listen(onEvent)
      try {
        const entry = await followPrompt({
          promptId,
          mailbox: known,
          history: client.history,
          queue: client.queue,
          onLook: onEvent,
          signal,
        })
        const failed = failure(entry)
        if (failed) throw withoutSecrets(failed, http.hide)
        return entry
      } finally {
        mailboxes.drop(promptId)
      }
    },
    history(promptId, signal) {
      const path = `/history/${encodeURIComponent(promptId)}`
      return http.json(path, { signal, most: LONG }, (answer) => historyEntry(promptId, answer))
    },
    queue: (signal) => http.json('/queue', { signal, most: LONG }, queueState),
    queueRemaining: (signal) => http.json('/prompt', { signal }, remaining),

    async holds(file, signal) {
      if ((await look(file, signal)) !== 'none') return true
      // A proxy says 404, too, for a server that is not there.
      await client.queueRemaining(signal)
      return (await look(file, signal)) !== 'none'
    },
    async size(file, signal) {
      const found = await look(file, signal)
      return found === 'none' ? null : found
    },
    async download(file, path, signal, most) {
      const query = viewQuery(file)
      const asked = `GET ${http.url('/view', query).href}`
      const answer = await http.request('/view', { query, allow: [404], signal })
      if (isPage(answer)) throw answer.foreign(await answer.text())
      if (answer.status !== 404) return saveAnswer(answer, path, { asked, signal, most })
      await answer.text()
      throw new PromptRunnerError('PR_COMFY_HTTP', `${asked}: ComfyUI has no such file in its ${file.type} folder`, {
        hint: 'it was deleted or moved, or the server was started again with another folder',
        // A proxy says so, too, for a server that is not there.
        retryAfter: 0,
        isFileLost: true,
      })
    },
    async upload(path, upload, signal) {
      const { headers, body } = await uploadBody(path, upload)
      return http.json('/upload/image', { method: 'POST', headers, body, signal }, uploadedFile)
    },

    async interrupt(promptId) {
      // Servers before 0.3.57 ignore the id and would stop whatever runs.
      if (promptId !== undefined && !(await client.queue()).running.includes(promptId)) return
      await post('/interrupt', promptId === undefined ? {} : { prompt_id: promptId })
    },
    deleteQueued: (promptIds) => post('/queue', { delete: promptIds }),
    free: ({ unloadModels = false, freeMemory = false }) =>
      post('/free', { unload_models: unloadModels, free_memory: freeMemory }),

    objectInfoText(className, signal) {
      return http.text(className === undefined ? '/object_info' : `/object_info/${encodeURIComponent(className)}`, {
        signal,
        most: LONGEST,
      })
    },
    systemStats: (signal) => http.json('/system_stats', { signal }, systemStats),
    async features(signal) {
      const answer = await http.request('/features', { allow: [404], signal })
      if (answer.status !== 404) return answer.json(features)
      // No such route before 0.3.45.
      await answer.text()
      return {}
    },
    models(folder, signal) {
      return http.json(folder === undefined ? '/models' : `/models/${encodeURIComponent(folder)}`, { signal }, names)
    },
  }
  return client
}

const NAMING: ServiceNaming = {
  service: 'ComfyUI',
  codes: { unreachable: 'PR_COMFY_UNREACHABLE', http: 'PR_COMFY_HTTP' },
  unreachableHint: 'start ComfyUI, or give its address with --comfyui-url',
  deniedHint:
    'the server is protected: give --comfyui-token or --comfyui-header; one that is given is not the right one',
}

/** ComfyUI gives no file as a page, whatever is in it (server.py, view_image). */
function isPage({ status, headers }: HttpAnswer): boolean {
  return status < 300 && /^text\/html\b/i.test(headers['content-type'] ?? '')
}

/** Bytes: a queue or a history has whole graphs, and `object_info` the names of all files of all node packs. */
const LONG = 32 << 20
const LONGEST = 64 << 20

function viewQuery({ filename, subfolder, type }: OutputFile): Record<string, string> {
  return { filename, subfolder, type }
}

function socketUrl(url: URL): URL {
  return new URL(url.href.replace(/^http/, 'ws'))
}
