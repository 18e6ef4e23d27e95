import { writeFileSync } from 'node:fs'
import { PromptRunnerError } from '../errors.ts'

/** Writes a file of a run as indented JSON, and returns its length in bytes. Throws PR_FILE. */
export function writeJson(path: string, content: unknown): number {
  const text = `${JSON.stringify(content, null, 2)}\n`
  try {
    writeFileSync(path, text)
  } catch (cause) {
    throw new PromptRunnerError('PR_FILE', `Writing ${path} failed: ${(cause as Error).message}`, {
      hint: 'Make room, or let the folder be written to, and resume the run.',
      cause,
    })
  }
  return Buffer.byteLength(text)
}
