import type { LoadedEntry } from '../../../recording/read-har.ts'
import { fromBytes } from '../../media/byte-source.ts'
import { contentOf } from './content-of.ts'
import type { FileStore } from './file-store.ts'

/**
 * Gives an empty simulated server the input files that the recorded one had before: those that were viewed as they are, and
 * that no recorded upload made.
 */
export function restoreInputs(files: FileStore, entries: readonly LoadedEntry[]): void {
  const uploaded = new Set<string>()
  for (const { method, url, status, responseBody } of entries) {
    const path = url.pathname
    if (status !== 200) continue
    if (method === 'POST' && /\/upload\/(?:image|mask)$/.test(path)) uploaded.add(nameOf(responseBody()))
    if (method !== 'GET' || !path.endsWith('/view')) continue
    const { filename, subfolder = '', type, ...others } = Object.fromEntries(url.searchParams)
    if (!filename || type !== 'input' || 'preview' in others || 'channel' in others) continue
    if (uploaded.has(`${subfolder}/${filename}`)) continue
    const bytes = fromBytes(responseBody())
    if (bytes.size > 0) files.write({ type, subfolder, filename, bytes, content: contentOf(bytes) })
  }
}

/** `subfolder/name` of the answer to an upload; '' when it was not kept. */
function nameOf(answer: Uint8Array): string {
  try {
    const { name, subfolder } = JSON.parse(Buffer.from(answer).toString())
    return `${subfolder}/${name}`
  } catch {
    return ''
  }
}
