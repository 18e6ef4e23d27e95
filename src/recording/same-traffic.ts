import { canonicalHar } from './canonical-har.ts'
import type { Har, HarEntry } from './har.ts'

/**
 * Whether two recordings tell the same: ids numbered, times and counters of the server left out, binary bodies compared by
 * kind and place, since what is drawn or stamped into them differs every time.
 */
export function isSameTraffic(before: Har, now: Har): boolean {
  return settled(before) === settled(now)
}

function settled({ log }: Har): string {
  const entries = JSON.stringify(log.entries.map(withoutBinaries)).replaceAll('%2F', '/')
  const canonical = canonicalHar({ log: { ...log, entries: JSON.parse(entries) as HarEntry[] } })
  return volatile.reduce((text, [pattern, by]) => text.replaceAll(pattern, by), JSON.stringify(canonical.log.entries))
}

/** Inside the JSON text of an entry, where each quote of a body carries a backslash. */
const volatile: ReadonlyArray<readonly [RegExp, string]> = [
  [/(\\"(?:timestamp|create_time|(?:ram|vram|torch_vram)_free|number)\\":\s*)[\d.]+/g, '$10'],
  // Prompt numbers in queue and history: `[7, "<id>", …`.
  [/\[(?:\\n|\s)*\d+,(?=(?:\\n|\s)*\\"\{\{id)/g, '[0,'],
  [/_temp_[a-z]{5}_/g, '_temp_'],
  // A Python set: in any order.
  [/(\\"current_outputs\\":\s*\[)[^\]]*/g, '$1'],
  // Addresses of Python objects in the inputs of a failed node.
  [/\b0x[0-9a-f]{8,}\b/g, '0x0'],
]

const ofFile = /^(?:etag|last-modified)$/i

function withoutBinaries(entry: HarEntry): HarEntry {
  const { content, ...response } = entry.response
  const { _file, _sha256, ...rest } = content
  const { postData, ...request } = entry.request
  const { _file: _sent, _sha256: _hash, ...sent } = postData ?? { mimeType: '' }
  return {
    ...entry,
    request: { ...request, bodySize: 0, ...(postData ? { postData: { ...sent, _size: 0 } } : {}) },
    response: {
      ...response,
      headers: response.headers.filter(({ name }) => !ofFile.test(name)),
      bodySize: 0,
      content: { ...(_file !== undefined && /\.(?:json|txt)$/.test(_file) ? content : rest), size: 0 },
    },
    ...(entry._webSocketMessages
      ? {
          _webSocketMessages: entry._webSocketMessages.map((frame) =>
            frame.opcode === 2 ? { ...frame, data: '' } : frame,
          ),
        }
      : {}),
  }
}
