import { writeFile } from 'node:fs/promises'
import { PromptRunnerError } from '../errors.ts'

/** Writes a file of a run as indented JSON, and returns its length in bytes. Throws PR_FILE. */
export async function writeJson(path: string, content: object): Promise<number> {
  const text = `${JSON.stringify(content, null, 2)}\n`
  try {
    await writeFile(path, text)
  } catch (cause) {
    throw new PromptRunnerError('PR_FILE', `Writing ${path} failed: ${(cause as Error).message}`, {
      hint: 'Make room, or let the folder be written to, and resume the run.',
      cause,
    })
  }
  return Buffer.byteLength(text)
}
