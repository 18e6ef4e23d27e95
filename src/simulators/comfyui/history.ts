import type { ExecutionRecord } from './execute/execute-prompt.ts'
import { rowOf } from './prompt-queue.ts'
import { dict, isDict, type PyDict } from './python/py.ts'
import type { QueueItem } from './validate/validate-prompt.ts'

const MAXIMUM = 10_000
const TOKENS = ['auth_token_comfy_org', 'api_key_comfy_org']

/** Finished prompts by id, the one that ended first in front (§1.4, §1.5). */
export class History {
  private readonly entries = new Map<string, PyDict>()

  /** An id that is used again keeps its old place. Tokens that the prompt carried are dropped. */
  add(item: QueueItem, record: ExecutionRecord): void {
    if (this.entries.size > MAXIMUM) this.entries.delete(this.entries.keys().next().value!)
    const extraData = isDict(item.extraData) ? new Map(item.extraData) : item.extraData
    if (isDict(extraData)) for (const key of TOKENS) extraData.delete(key)
    const status = dict({
      status_str: record.success ? 'success' : 'error',
      completed: record.success,
      messages: record.messages,
    })
    const entry = dict({ prompt: rowOf({ ...item, extraData }), outputs: record.outputs, status, meta: record.meta })
    this.entries.set(item.promptId, entry)
  }

  get(promptId: string): PyDict {
    const entry = this.entries.get(promptId)
    return new Map(entry ? [[promptId, entry]] : [])
  }

  /** `offset` counts from the oldest; without it, or below 0, the last `maxItems` are meant. */
  page(maxItems: number | null, offset: number): PyDict {
    const start = offset < 0 && maxItems !== null ? this.entries.size - maxItems : offset
    const page: PyDict = new Map()
    for (const [index, [id, entry]] of [...this.entries].entries()) {
      if (index < start) continue
      page.set(id, entry)
      if (maxItems !== null && page.size >= maxItems) break
    }
    return page
  }

  delete(promptId: string): void {
    this.entries.delete(promptId)
  }

  clear(): void {
    this.entries.clear()
  }
}
