import type { BodyFiles } from './body-files.ts'
import { boundaryOf } from './redact-multipart.ts'

/** A body as a HAR has it; the fields of a form may stand there instead of its text. */
export interface HarBody {
  readonly mimeType?: string
  readonly text?: string | undefined
  readonly encoding?: string | undefined
  readonly _encoding?: unknown
  readonly _file?: string | undefined
  readonly _sha256?: unknown
  readonly params?: unknown
}

/** The bytes of a body; empty when there is none, or it was not kept. */
export function bytesOfBody(body: HarBody, files: BodyFiles): () => Uint8Array {
  if (body._file !== undefined) return files(body._file).bytes
  const { text, mimeType = '' } = body
  if (text === undefined) return () => formOf(body)
  const isBinary = body.encoding === 'base64' || body._encoding === 'base64'
  return () => Buffer.from(text, isBinary ? 'base64' : (encodingOf(mimeType) ?? 'utf8'))
}

/** Whether a body's bytes are not those that its label says: text that was decoded, and that nobody here can encode so. */
export function isRelabelled({ text, encoding, _encoding, mimeType = '', _file }: HarBody): boolean {
  if (text === undefined || _file !== undefined || encoding === 'base64' || _encoding === 'base64') return false
  return encodingOf(mimeType) === null && !/^[\0-\x7f]*$/.test(text)
}

/** null: of an encoding that Node cannot write. */
function encodingOf(mimeType: string): BufferEncoding | null {
  const label = /;\s*charset\s*=\s*["']?([\w.:-]+)/i.exec(mimeType)?.[1]?.toLowerCase() ?? 'utf-8'
  if (/^utf-?8$/.test(label)) return 'utf8'
  if (/^(?:iso-?8859-?1|latin-?1|us-ascii|ascii)$/.test(label)) return 'latin1'
  return /^utf-?16(?:le)?$/.test(label) ? 'utf16le' : null
}

/** Browsers take forms apart, and leave away what is in files. */
function formOf({ params, mimeType = '' }: HarBody): Uint8Array {
  const fields = Array.isArray(params) ? params.flatMap(fieldOf) : []
  if (fields.length === 0) return Buffer.alloc(0)
  const boundary = boundaryOf(mimeType)
  if (boundary === null) {
    const pairs = fields.map(({ name, value = '' }): [string, string] => [name, value])
    return Buffer.from(new URLSearchParams(pairs).toString())
  }
  const parts = fields.map(({ name, value, fileName }) => {
    const file = fileName === undefined ? '' : `; filename="${fileName}"`
    const content = value ?? (fileName === undefined ? '' : '{{redacted:file}}')
    return `--${boundary}\r\nContent-Disposition: form-data; name="${name}"${file}\r\n\r\n${content}\r\n`
  })
  return Buffer.from(`${parts.join('')}--${boundary}--\r\n`)
}

interface Field {
  readonly name: string
  readonly value?: string
  readonly fileName?: string
}

function fieldOf(param: unknown): Field[] {
  if (typeof param !== 'object' || param === null) return []
  const { name, value, fileName } = param as Record<string, unknown>
  if (typeof name !== 'string') return []
  return [{ name, ...(typeof value === 'string' && { value }), ...(typeof fileName === 'string' && { fileName }) }]
}
