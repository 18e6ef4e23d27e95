import { randomUUID } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import { basename } from 'node:path'
import { PromptRunnerError } from '../../errors.ts'
import type { UploadOptions } from '../clients.ts'

export interface UploadBody {
  readonly headers: { readonly 'content-type': string; readonly 'content-length': string }
  readonly body: AsyncIterable<Uint8Array>
}

/**
 * The multipart body of `POST /upload/image`, read from disk while it is sent. The file part is always called `image`,
 * whatever the file is. Throws PR_FILE when there is no such file.
 */
export async function uploadBody(path: string, options: UploadOptions = {}): Promise<UploadBody> {
  const { name = basename(path), subfolder, type, overwrite } = options
  const { size } = await stat(path).catch((cause: unknown) => {
    throw new PromptRunnerError('PR_FILE', `${path} cannot be uploaded: ${message(cause)}`, { cause })
  })
  const boundary = `prompt-runner-${randomUUID()}`
  const fields = Object.entries({ type, subfolder, overwrite: overwrite ? 'true' : undefined })
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

async function* parts(head: Uint8Array, path: string, tail: Uint8Array): AsyncGenerator<Uint8Array> {
  yield head
  yield* createReadStream(path, { highWaterMark: 256 * 1024 })
  yield tail
}

/** As browsers do (https://html.spec.whatwg.org/#multipart-form-data). The server stores the name as sent. */
function escaped(name: string): string {
  return name.replaceAll('\n', '%0A').replaceAll('\r', '%0D').replaceAll('"', '%22')
}

function message(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause)
}
