import { createHash } from 'node:crypto'
import {
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  readSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
  writeSync,
} from 'node:fs'
import { extname, join } from 'node:path'
import { isJson, prettyJson } from './exact-json.ts'
import { type HarContent, type HarEntry, type HarSocketMessage, harPart, harText } from './har.ts'
import { FRAMES_TYPE, linesIn, rawLines, readRawLine } from './json-lines.ts'

/** Entries of which services go into which file. */
const fileOf: Readonly<Record<string, string>> = {
  comfyui: 'comfyui',
  gcs: 'gcs',
  'google-auth': 'gcs',
  metadata: 'gcs',
  runpod: 'runpod',
}

/**
 * Makes `<service>.har` of what lies in `raw/`, and removes that. One entry is in memory at a time, of a socket one frame.
 * Entries are in the order in which they began. `facts` becomes `log._pr`; `edit` may change a text body (of an address).
 */
export function finishRecording(
  folder: string,
  options: { facts: Readonly<Record<string, unknown>>; edit: (url: URL, text: string) => string },
): void {
  const raw = join(folder, 'raw')
  const lines = readdirSync(raw)
    .filter((name) => name.endsWith('.jsonl') && !name.startsWith('.'))
    .flatMap((name) =>
      rawLines(join(raw, name)).map((line) => ({ ...line, har: fileOf[name.slice(0, -6)] ?? 'other' })),
    )
  const files = Map.groupBy(lines, ({ har }) => har)
  for (const [har, ofHar] of files) {
    const file = openSync(join(folder, `${har}.har`), 'w')
    const empty = harText({
      log: {
        version: '1.2',
        creator: { name: 'prompt-runner', version: '1' },
        entries: [],
        _pr: { ...options.facts },
      },
    })
    const split = empty.indexOf(noEntries) + noEntries.length - 1
    writeSync(file, empty.slice(0, split))
    let separator = '\n      '
    for (const line of ofHar.toSorted((a, b) => a.startedAt - b.startedAt)) {
      writeSync(file, separator)
      writeEntry(file, finishedEntry(readRawLine(line), { folder, edit: options.edit }), folder)
      separator = ',\n      '
    }
    writeSync(file, `\n    ${empty.slice(split)}`)
    closeSync(file)
  }
  rmSync(raw, { recursive: true })
}

const noEntries = '"entries": []'
const noFrames = '"_webSocketMessages": []'

/** Frames beyond this stay in a file of their own, so that nobody has to hold a day of them to read the HAR. */
const LONG_SOCKET = 8 * 1024 * 1024

function writeEntry(file: number, entry: HarEntry, folder: string): void {
  const { frames, ...facts } = entry._pr ?? {}
  if (typeof frames !== 'string') {
    writeSync(file, harPart(entry, 3))
    return
  }
  const { response } = entry
  const isLong = existsSync(frames) && statSync(frames).size > LONG_SOCKET
  const content = isLong ? framesKept(frames, folder) : response.content
  const text = harPart({ ...entry, response: { ...response, content }, _pr: facts, _webSocketMessages: [] }, 3)
  const split = text.lastIndexOf(noFrames) + noFrames.length - 1
  writeSync(file, text.slice(0, split))
  if (existsSync(frames)) {
    let separator = '\n          '
    for (const line of linesIn(frames)) {
      writeSync(file, separator + harPart(JSON.parse(line) as HarSocketMessage, 5))
      separator = ',\n          '
    }
    rmSync(frames)
    writeSync(file, '\n        ')
  }
  writeSync(file, text.slice(split))
}

function framesKept(frames: string, folder: string): HarContent {
  const _sha256 = hashOf(frames)
  const _file = `bodies/${_sha256}.jsonl`
  const { size } = statSync(frames)
  mkdirSync(join(folder, 'bodies'), { recursive: true })
  renameSync(frames, join(folder, _file))
  return { size, mimeType: FRAMES_TYPE, _file, _sha256 }
}

/** Through one buffer: a stream leaves one behind for every 64 KiB. */
function hashOf(path: string): string {
  const hash = createHash('sha256')
  const file = openSync(path, 'r')
  const piece = Buffer.alloc(256 * 1024)
  for (let read = 1; read > 0; ) {
    read = readSync(file, piece, 0, piece.length, null)
    hash.update(piece.subarray(0, read))
  }
  closeSync(file)
  return hash.digest('hex')
}

/** Text above this lies in `bodies/`. */
const INLINE = 32 * 1024

interface FinishOptions {
  /** Of the recording. */
  readonly folder: string
  /** May change a text body of an address, before it is laid out. */
  readonly edit: (url: URL, text: string) => string
}

/** An entry as recordings have it: JSON is indented, long texts lie in `bodies/`. */
function finishedEntry(entry: HarEntry, options: FinishOptions): HarEntry {
  const { request, response } = entry
  const url = new URL(request.url)
  return {
    ...entry,
    request: { ...request, ...(request.postData ? { postData: finishedBody(request.postData, url, options) } : {}) },
    response: { ...response, content: finishedBody(response.content, url, options) },
  }
}

interface Body {
  mimeType: string
  text?: string
  _file?: string
  _sha256?: string
}

function finishedBody<T extends Body>(body: T, url: URL, { folder, edit }: FinishOptions): T {
  const { text, _file, _sha256, ...rest } = body
  const inFile = text === undefined && _file !== undefined && /\.(json|txt)$/.test(_file)
  const seen = inFile ? readFileSync(join(folder, _file), 'utf8') : text
  if (seen === undefined) return body
  const wanted = edit(url, seen)
  if (inFile && (wanted !== seen || wanted.length <= INLINE)) rmSync(join(folder, _file))
  if (wanted.length <= INLINE) return { ...rest, text: isJson(wanted) ? prettyJson(wanted) : wanted } as T
  if (inFile && wanted === seen) return body
  const sha256 = createHash('sha256').update(wanted).digest('hex')
  const name = `bodies/${sha256}${inFile ? extname(_file) : /json/.test(body.mimeType) ? '.json' : '.txt'}`
  mkdirSync(join(folder, 'bodies'), { recursive: true })
  if (!existsSync(join(folder, name))) writeFileSync(join(folder, name), wanted)
  return { ...rest, _file: name, _sha256: sha256 } as T
}
