import { createHash } from 'node:crypto'
import { createReadStream, createWriteStream } from 'node:fs'
import { rename, rm, stat } from 'node:fs/promises'
import { basename, dirname } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { bytesText } from '../../domain/wording.ts'
import { PromptRunnerError } from '../../errors.ts'
import { makeFolder } from '../../files/folders.ts'
import type { UploadOptions } from '../clients.ts'
import type { HttpAnswer } from '../http/http.ts'

interface Saving {
  /** For messages. */
  readonly asked: string
  readonly signal: AbortSignal | undefined
  /** Bytes that the file may have; absent: any number. */
  readonly most: number | undefined
}

/**
 * Streams an answer to `path` through `path` + `.part`, so that `path` is either whole or not there.
 * Throws PR_OUTPUT_MISMATCH when the size is not that of Content-Length or more than it may be, PR_FILE when the disk refuses.
 */
export async function saveAnswer(
  answer: HttpAnswer,
  path: string,
  { asked, signal, most = Number.POSITIVE_INFINITY }: Saving,
): Promise<{ bytes: number }> {
  const temporary = `${path}.part`
  try {
    const length = answer.headers['content-length']
    if (Number(length ?? 0) > most) throw tooLong(asked, most)
    makeFolder(dirname(path))
    const file = createWriteStream(temporary)
    await pipeline(
      chunksOf(answer, () => tooLong(asked, most), most),
      file,
    )
    const announced = Number(length ?? file.bytesWritten)
    if (file.bytesWritten !== announced) throw incomplete(asked, file.bytesWritten, announced)
    await rename(temporary, path)
    return { bytes: file.bytesWritten }
  } catch (error) {
    // undici reports the destruction that it was asked for as an error of the stream.
    answer.body.on('error', () => {}).destroy()
    await rm(temporary, { force: true }).catch(() => {})
    if (signal?.aborted || error instanceof PromptRunnerError) throw error
    throw new PromptRunnerError('PR_FILE', `${path} cannot be written: ${messageOf(error)}`, { cause: error })
  }
}

interface UploadBody {
  readonly headers: { readonly 'content-type': string; readonly 'content-length': string }
  readonly body: AsyncIterable<Uint8Array>
}

/**
 * The multipart body of `POST /upload/image`, read from disk while it is sent. The file part is always called `image`,
 * whatever the file is. Throws PR_FILE when there is no such file.
 */
export async function uploadBody(path: string, options: UploadOptions = {}): Promise<UploadBody> {
  const { name = basename(path), subfolder, type } = options
  const [{ size }, id] = await Promise.all([stat(path), contentId(path)]).catch((cause: unknown) => {
    throw new PromptRunnerError('PR_FILE', `${path} cannot be uploaded: ${messageOf(cause)}`, { cause })
  })
  const boundary = `prompt-runner-${id}`
  const fields = Object.entries({ type, subfolder })
    .filter(([, value]) => value !== undefined)
    .map(([field, value]) => `--${boundary}\r\nContent-Disposition: form-data; name="${field}"\r\n\r\n${value}\r\n`)
  const head = Buffer.from(
    `${fields.join('')}--${boundary}\r\nContent-Disposition: form-data; name="image"; filename="${escaped(name)}"\r\n` +
      'Content-Type: application/octet-stream\r\n\r\n',
  )
  const tail = Buffer.from(`\r\n--${boundary}--\r\n`)
  return {
    headers: {
      'content-type': `multipart/form-data; boundary=${boundary}`,
      'content-length': String(head.length + size + tail.length),
    },
    body: parts(head, path, tail),
  }
}

/** Tells a connection that breaks from a disk that is full, and ends where there is more than there may be. */
async function* chunksOf(answer: HttpAnswer, tooMuch: () => Error, most: number): AsyncGenerator<Uint8Array> {
  let bytes = 0
  try {
    for await (const chunk of answer.body as AsyncIterable<Uint8Array>) {
      bytes += chunk.byteLength
      if (bytes > most) break
      yield chunk
    }
  } catch (error) {
    throw answer.broken(error)
  }
  if (bytes > most) throw tooMuch()
}

function tooLong(asked: string, most: number): PromptRunnerError {
  return new PromptRunnerError(
    'PR_OUTPUT_MISMATCH',
    `${asked}: more than the ${bytesText(most)} that such a file can have`,
    {
      hint: 'look at it in a browser: the server, or a proxy in front of it, has another answer than the file',
      retryAfter: 0,
    },
  )
}

function incomplete(asked: string, bytes: number, announced: number): PromptRunnerError {
  return new PromptRunnerError('PR_OUTPUT_MISMATCH', `${asked}: ${bytes} bytes arrived, ${announced} were announced`, {
    hint: 'download it again; a proxy in between may have cut it',
    retryAfter: 0,
  })
}

async function* parts(head: Uint8Array, path: string, tail: Uint8Array): AsyncGenerator<Uint8Array> {
  yield head
  yield* createReadStream(path, { highWaterMark: 256 * 1024 })
  yield tail
}

/** In the form of a UUID, made from what a file holds: so it is nowhere in the file, and the same request has the same bytes. */
async function contentId(path: string): Promise<string> {
  const hash = createHash('sha256')
  await pipeline(createReadStream(path, { highWaterMark: 256 * 1024 }), hash)
  return hash.digest('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12}).*$/, '$1-$2-$3-$4-$5')
}

/** As browsers do (https://html.spec.whatwg.org/#multipart-form-data). The server stores the name as sent. */
function escaped(name: string): string {
  return name.replaceAll('\n', '%0A').replaceAll('\r', '%0D').replaceAll('"', '%22')
}

function messageOf(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause)
}
