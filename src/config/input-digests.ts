import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { pipeline } from 'node:stream/promises'
import { allOf } from '../domain/all-of.ts'
import type { Templates } from '../domain/bindings.ts'
import type { InputDigests, JobKind } from '../domain/ids.ts'
import type { Prompt } from '../domain/prompt.ts'
import { PromptRunnerError } from '../errors.ts'

/**
 * SHA-256 of what decides the jobs of a video besides its prompt and settings: the user's own templates (null: the shipped ones), and
 * for render jobs the reference image and the control video. Throws PR_FILE.
 */
export async function inputDigests({ overrides }: Prompt, templates: Templates | null): Promise<InputDigests> {
  const { referenceImage, controlVideo } = overrides
  const [image, video] = await allOf([fileDigest(referenceImage), fileDigest(controlVideo)])
  const own = (kind: JobKind) => templates && [templates[kind], templates.bindings[kind]]
  return { render: digestOf([own('render'), image, video]), combine: digestOf([own('combine')]) }
}

function digestOf(parts: readonly unknown[]): string | null {
  if (parts.every((part) => part === null)) return null
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex')
}

async function fileDigest(path: string | undefined): Promise<string | null> {
  if (path === undefined) return null
  const hash = createHash('sha256')
  try {
    await pipeline(createReadStream(path), hash)
  } catch (cause) {
    throw new PromptRunnerError('PR_FILE', `Reading ${path} failed: ${(cause as Error).message}`, { cause })
  }
  return hash.digest('hex')
}
