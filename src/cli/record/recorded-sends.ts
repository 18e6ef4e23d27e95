import type { Graph } from '../../domain/graph.ts'
import { rawMembers } from '../../recording/exact-json.ts'
import type { LoadedEntry } from '../../recording/read-har.ts'
import type { Sent } from './exchange-changes.ts'

/** The workflows and files that a recording has, in the order in which they were sent. */
export function recordedSends(entries: readonly LoadedEntry[]): Sent[] {
  return entries.flatMap(({ method, url: { pathname }, requestBody, responseBody }): Sent[] => {
    if (method !== 'POST') return []
    if (/\/upload\/(?:image|mask)$/.test(pathname)) {
      const { name = 'a file' } = jsonOf(responseBody) as { name?: string }
      return [{ kind: 'upload', name, bytes: requestBody() }]
    }
    if (!pathname.endsWith('/prompt')) return []
    const { prompt: graph = {} } = jsonOf(requestBody) as { prompt?: Graph }
    const classes = [...new Set(Object.values(graph).map((node) => node.class_type))].toSorted()
    return [{ kind: 'workflow', name: `a workflow of ${classes.join(', ')}`, graph }]
  })
}

/** `{}` for what is no JSON object, such as a refusal in words. */
function jsonOf(body: () => Uint8Array): Record<string, unknown> {
  const text = Buffer.from(body()).toString()
  return rawMembers(text) === null ? {} : JSON.parse(text)
}
