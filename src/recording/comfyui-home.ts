import { membersOf } from './exact-json.ts'
import type { LoadedEntry } from './loaded-entry.ts'

/** Where a recorded ComfyUI was: what stands before its routes. */
export interface ComfyuiHome {
  readonly host: string
  /** `/comfy`; empty when it had no path. */
  readonly base: string
}

/**
 * Where the node classes are that a recording teaches: the last `GET /object_info` that lists any, and else the last. null when
 * nobody asked for them.
 */
export function homeOf(entries: readonly LoadedEntry[]): ComfyuiHome | null {
  const entry = lastComplete(entries.filter((each) => isAnswer(each) && LISTS_CLASSES.test(each.url.pathname)))
  return entry ? { host: entry.url.host, base: entry.url.pathname.replace(LISTS_CLASSES, '') } : null
}

/** The last answer that is complete: a later one that is empty or cut off tells nothing. */
export function lastComplete(answers: readonly LoadedEntry[]): LoadedEntry | undefined {
  return answers.findLast((each) => isObjectWithMembers(each)) ?? answers.at(-1)
}

/** Whether a request got what it asked for. */
export function isAnswer({ method, status, frames }: LoadedEntry): boolean {
  return method === 'GET' && status === 200 && frames === null
}

/** An entry as a server without a path would have it; those of other services stay. */
export function plainEntry(entry: LoadedEntry, { host, base }: ComfyuiHome): LoadedEntry {
  const { url } = entry
  if (base === '' || url.host !== host || !url.pathname.startsWith(`${base}/`)) return entry
  const plain = new URL(url)
  plain.pathname = url.pathname.slice(base.length)
  return { ...entry, url: plain }
}

const LISTS_CLASSES = /(?:\/api)?\/object_info$/

function isObjectWithMembers({ responseBody }: LoadedEntry): boolean {
  return (membersOf(Buffer.from(responseBody()).toString())?.size ?? 0) > 0
}
