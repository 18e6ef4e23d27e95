import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { extname, join } from 'node:path'
import { isJson, prettyJson } from './exact-json.ts'
import type { HarEntry } from './har.ts'

/** Text above this lies in `bodies/`. */
const INLINE = 32 * 1024

export interface FinishOptions {
  /** Of the recording. */
  readonly folder: string
  /** May change a text body of an address, before it is laid out. */
  readonly edit: (url: URL, text: string) => string
}

/** An entry as recordings have it: JSON is indented, long texts lie in `bodies/`. */
export function finishedEntry(entry: HarEntry, options: FinishOptions): HarEntry {
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
