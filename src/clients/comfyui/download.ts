import { createWriteStream } from 'node:fs'
import { rename, rm } from 'node:fs/promises'
import { dirname } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { PromptRunnerError } from '../../errors.ts'
import { makeFolder } from '../../files/make-folder.ts'
import type { HttpAnswer } from '../http/http.ts'

/**
 * Streams an answer to `path` through `path` + `.part`, so that `path` is either whole or not there. `asked` is for messages.
 * Throws PR_OUTPUT_MISMATCH when the size is not that of Content-Length, PR_FILE when the disk refuses.
 */
export async function saveAnswer(
  answer: HttpAnswer,
  path: string,
  asked: string,
  signal?: AbortSignal,
): Promise<{ bytes: number }> {
  const temporary = `${path}.part`
  try {
    makeFolder(dirname(path))
    const file = createWriteStream(temporary)
    await pipeline(chunksOf(answer), file)
    const announced = Number(answer.headers['content-length'] ?? file.bytesWritten)
    if (file.bytesWritten !== announced) throw incomplete(asked, file.bytesWritten, announced)
    await rename(temporary, path)
    return { bytes: file.bytesWritten }
  } catch (error) {
    // undici reports the destruction that it was asked for as an error of the stream.
    answer.body.on('error', () => {}).destroy()
    await rm(temporary, { force: true }).catch(() => {})
    if (signal?.aborted || error instanceof PromptRunnerError) throw error
    const reason = error instanceof Error ? error.message : String(error)
    throw new PromptRunnerError('PR_FILE', `${path} cannot be written: ${reason}`, { cause: error })
  }
}

/** Tells a connection that breaks from a disk that is full. */
async function* chunksOf(answer: HttpAnswer): AsyncGenerator<Uint8Array> {
  try {
    yield* answer.body
  } catch (error) {
    throw answer.broken(error)
  }
}

function incomplete(asked: string, bytes: number, announced: number): PromptRunnerError {
  return new PromptRunnerError('PR_OUTPUT_MISMATCH', `${asked}: ${bytes} bytes arrived, ${announced} were announced`, {
    hint: 'download it again; a proxy in between may have cut it',
  })
}
