import type { ServiceName } from '../../simulators/simulator.ts'
import type { Anchor } from './grammar/anchors.ts'
import { type FileName, jsonOf, type KnownPrompt, member, type PromptBook } from './prompt-book.ts'

/** A request, by every name that an anchor may have for it. */
export interface Sighting {
  readonly seen: readonly Anchor[]
  /** To be used instead of the one that was looked at, whose body may have been read. */
  readonly request: Request
  /** Bytes of the upload that come with it: from, and up to but without. */
  readonly sent: { readonly from: number; readonly to: number }
  /** Of `POST /prompt`. */
  readonly prompt: (KnownPrompt & { readonly promptId: string | null }) | null
  /** What a file that is uploaded or viewed is called. */
  readonly file: FileName | null
}

type Look = (request: Request, url: URL) => Promise<Partial<Sighting>>

/** Looks at the requests to one service. */
export function sightingsOf(service: ServiceName, book: PromptBook): (request: Request) => Promise<Sighting> {
  const looks: Partial<Record<ServiceName, Look>> = { comfyui: comfyuiLook(book), gcs: storageLook(), runpod: podLook }
  return async (request) => {
    const url = new URL(request.url)
    const path = service === 'comfyui' ? url.pathname.replace(/^\/api(?=\/)/, '') : url.pathname
    const length = Number(request.headers.get('content-length') ?? 0)
    const found = (await looks[service]?.(request, url)) ?? {}
    const plain = { kind: 'request', method: request.method as 'GET', path, job: jobOf(found, path, book) } as const
    return {
      request,
      sent: { from: 0, to: length === 0 && request.body ? Number.POSITIVE_INFINITY : length },
      prompt: null,
      file: null,
      ...found,
      seen: [plain, ...(found.seen ?? [])],
    }
  }
}

/** The job that a request to ComfyUI is about; what names none is about the one that was posted last. */
function jobOf({ prompt, file }: Partial<Sighting>, path: string, book: PromptBook): number | null {
  if (prompt) return prompt.job
  if (file && path === '/view') return book.jobOfFile(file)
  const [, first, id] = path.split('/')
  if (first === 'upload') return null
  return first === 'history' && id ? book.jobOf(decodeURIComponent(id)) : book.current
}

function comfyuiLook(book: PromptBook): Look {
  return async (request, { pathname, searchParams }) => {
    const path = pathname.replace(/^\/api(?=\/)/, '')
    if (request.method === 'POST' && path === '/prompt') {
      const body = await bytesOf(request)
      return { request: withBody(request, body), prompt: book.posting(body.toString()) }
    }
    if (path === '/view') {
      const asked = (name: string, otherwise: string) => searchParams.get(name) ?? otherwise
      return {
        file: { filename: asked('filename', ''), subfolder: asked('subfolder', ''), type: asked('type', 'output') },
      }
    }
    if (!path.startsWith('/upload/') || !request.body) return {}
    const { head, body } = await peeked(request.body)
    const file = uploadedFile(head)
    // The name that this program gives to a reference frame.
    const chunk = /_chunk_0*(\d+)_reference\.png$/.exec(file?.filename ?? '')?.[1]
    return {
      request: withBody(request, body),
      file,
      seen: chunk === undefined ? [] : [{ kind: 'reference', chunk: Number(chunk) }],
    }
  }
}

/** What is asked of RunPod about a pod. */
const podLook: Look = async (request) => {
  if (request.method === 'GET') return { seen: [{ kind: 'pod', podCall: 'look' }] }
  const body = await bytesOf(request)
  const action = member(jsonOf(body.toString()), 'action')
  const calls = ['start', 'stop', 'restart', 'terminate'] as const
  const podCall = calls.find((call) => call === action)
  return { request: withBody(request, body), seen: podCall ? [{ kind: 'pod', podCall }] : [] }
}

/** Uploads are counted by the names of their objects, in the order in which these come up. */
function storageLook(): Look {
  const names: string[] = []
  const parts = new Map<number, number>()
  return async ({ method, headers }, { pathname, searchParams }) => {
    const below = /^(?:\/(?:upload|download))?\/storage\/v1\/b\/[^/]+(\/o)?(\/.+)?$/.exec(pathname)
    if (!below) return {}
    const [, objects, object] = below
    if (!objects) return { seen: [{ kind: 'storage', call: 'storage.buckets.get' }] }
    if (!pathname.startsWith('/upload/')) {
      const call = { GET: object ? 'get' : 'list', PATCH: 'patch', DELETE: 'delete' } as const
      return { seen: [{ kind: 'storage', call: `storage.objects.${call[method as 'GET'] ?? 'get'}` }] }
    }
    const name = searchParams.get('name') ?? ''
    // By a claim a run takes its name; it is no upload of a film.
    if (/(?:^|\/)claim_\d+\.json$/.test(name)) return { seen: [{ kind: 'storage', call: 'storage.objects.insert' }] }
    if (!names.includes(name)) names.push(name)
    const upload = names.indexOf(name) + 1
    const insert = { kind: 'storage', call: 'storage.objects.insert' } as const
    // Of the object itself nothing comes with what only begins its upload.
    const isSession = searchParams.get('uploadType') === 'resumable'
    if (method === 'POST' && isSession) return { seen: [insert, { kind: 'session', upload }], sent: { from: 0, to: 0 } }
    if (method === 'POST') return { seen: [insert] }
    const range = /^bytes (?:\*|(\d+)-(\d+|\*))\/(\d+|\*)$/.exec(headers.get('content-range') ?? '')
    if (range?.[1] === undefined) return { seen: [insert, { kind: 'check', upload }] }
    const chunk = (parts.get(upload) ?? 0) + 1
    parts.set(upload, chunk)
    const end = range[2] === '*' ? Number.POSITIVE_INFINITY : Number(range[2]) + 1
    const isLast = range[3] !== '*' && end === Number(range[3])
    return {
      sent: { from: Number(range[1]), to: end },
      seen: [insert, { kind: 'part', chunk, upload }, ...(isLast ? [{ kind: 'lastPart', upload } as const] : [])],
    }
  }
}

async function bytesOf(request: Request): Promise<Buffer<ArrayBuffer>> {
  return Buffer.from(await request.arrayBuffer())
}

/** The same request with another body, or the same one that is still to be read. */
export function withBody(request: Request, body: Uint8Array<ArrayBuffer> | ReadableStream<Uint8Array>): Request {
  const { url, method, headers, signal } = request
  return new Request(url, { method, headers, signal, body, duplex: 'half' })
}

/** The fields and the file name stand before the file itself. */
const HEAD = 4096

async function peeked(body: ReadableStream<Uint8Array>) {
  const reader = body.getReader()
  const read: Uint8Array[] = []
  let size = 0
  while (size < HEAD) {
    const { done, value } = await reader.read()
    if (done) break
    read.push(value)
    size += value.byteLength
  }
  const head = Buffer.concat(read).subarray(0, HEAD).toString('utf8')
  const whole = new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        const first = read.shift()
        const { done, value } = first ? { done: false, value: first } : await reader.read()
        if (done || !value) controller.close()
        else controller.enqueue(value)
      },
      cancel: (reason) => reader.cancel(reason),
    },
    { highWaterMark: 0 },
  )
  return { head, body: whole }
}

function uploadedFile(head: string): FileName | null {
  const filename = /name="image"; filename="([^"\r\n]*)"/.exec(head)?.[1]
  const field = (name: string) => new RegExp(`name="${name}"\r\n\r\n([^\r\n]*)`).exec(head)?.[1]
  return filename === undefined
    ? null
    : { filename, subfolder: field('subfolder') ?? '', type: field('type') ?? 'input' }
}
