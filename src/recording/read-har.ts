import { PromptRunnerError } from '../errors.ts'
import type { HarLog } from './har.ts'
import { harSchema, type LooseEntry } from './har-schema.ts'
import { type LoadedEntry, loadEntry } from './loaded-entry.ts'
import { openHar } from './open-har.ts'

/** A HAR as this project works with it, whoever wrote it. */
export interface LoadedHar {
  readonly path: string
  /** `log._pr`, `{}` when the file is not ours. */
  readonly facts: Readonly<Record<string, unknown>>
  readonly entries: readonly LoadedEntry[]
  /** One sentence for each entry that cannot be used. */
  readonly leftOut: readonly string[]
  /** The log with these entries. In the HAR of another tool, fields that the standard asks for may be missing. */
  readonly log: HarLog
}

/**
 * Loads a HAR of this project, a browser, Playwright or mitmproxy, also packed (`.har.gz`, `.har.zip`). Bodies named by `_file` are
 * read when asked for. Throws PR_RECORDING when the file cannot be read, is no HAR, or has entries of which none can be used.
 */
export async function readHar(path: string): Promise<LoadedHar> {
  const { text, files } = await openHar(path).catch((cause: Error) => {
    throw new PromptRunnerError('PR_RECORDING', `the recording ${path} cannot be read: ${cause.message}`, { cause })
  })
  let json: unknown
  try {
    json = JSON.parse(text.replace(/^\uFEFF/, ''))
  } catch (cause) {
    throw new PromptRunnerError('PR_RECORDING', `${path} is not JSON, so it cannot be a HAR`, { cause })
  }
  const { success, data, error } = harSchema.safeParse(json)
  if (!success) {
    const [issue] = error.issues
    const where = issue?.path.join('.') || 'the top level'
    throw new PromptRunnerError('PR_RECORDING', `${path} is not a HAR: ${where}: ${issue?.message}`)
  }
  const entries: LoadedEntry[] = []
  const kept: LooseEntry[] = []
  const leftOut: string[] = []
  for (const [index, each] of data.log.entries.entries()) {
    try {
      const { entry, loaded } = loadEntry(each, { files, before: entries.at(-1)?.startedAt ?? 0 })
      entries.push(loaded)
      kept.push(entry)
    } catch (reason) {
      leftOut.push(`${path} ${(reason as Error).message} (entry ${index + 1})`)
    }
  }
  if (leftOut.length > 0 && entries.length === 0) {
    const more = leftOut.length === 1 ? '' : `; none of its ${leftOut.length} entries can be used`
    throw new PromptRunnerError('PR_RECORDING', `${leftOut[0]}${more}`)
  }
  return { path, facts: data.log._pr, entries, leftOut, log: { ...data.log, entries: kept } as unknown as HarLog }
}
