import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { pipeline } from 'node:stream/promises'
import type { Templates } from '../domain/bindings.ts'
import type { Prompt } from '../domain/prompt.ts'
import { PromptRunnerError } from '../errors.ts'

/**
 * SHA-256 over the contents of the user's own files that decide a video: templates (null: the shipped ones), reference
 * image and control video. Null when there are none. Throws PR_FILE.
 */
export async function inputDigest({ overrides }: Prompt, templates: Templates | null): Promise<string | null> {
  const { referenceImage, controlVideo } = overrides
  if (templates === null && referenceImage === undefined && controlVideo === undefined) return null
  const { files: _, ...content } = templates ?? { files: null }
  const image = referenceImage === undefined ? null : await fileDigest(referenceImage)
  const video = controlVideo === undefined ? null : await fileDigest(controlVideo)
  return createHash('sha256')
    .update(JSON.stringify([content, image, video]))
    .digest('hex')
}

async function fileDigest(path: string): Promise<string> {
  const hash = createHash('sha256')
  try {
    await pipeline(createReadStream(path), hash)
  } catch (cause) {
    throw new PromptRunnerError('PR_FILE', `Reading ${path} failed: ${(cause as Error).message}`, { cause })
  }
  return hash.digest('hex')
}
