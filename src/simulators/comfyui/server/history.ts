import type { ExecutionRecord } from '../execute/execute-prompt.ts'
import { dumpJson } from '../python/format.ts'
import { dict, isDict } from '../python/py.ts'
import { type QueueItem, TOKENS } from '../validate/validate-prompt.ts'
import { rowOf } from './prompt-queue.ts'

const MAXIMUM = 10_000

/** Finished prompts by id, the one that ended first in front (execution.py, PromptQueue.task_done and get_history). */
export class History {
  /** As JSON: an entry never changes, and one in memory takes a fraction of its graph. */
  private readonly entries = new Map<string, string>()

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
    this.entries.set(item.promptId, dumpJson(entry))
  }

  /** JSON of `{id: entry}`, or of `{}`. */
  get(promptId: string): string {
    const entry = this.entries.get(promptId)
    return joined(entry === undefined ? [] : [[promptId, entry]])
  }

  /** JSON of a page. `offset` counts from the oldest; without it, or below 0, the last `maxItems` are meant. */
  page(maxItems: number | null, offset: number): string {
    const { size } = this.entries
    const start = Math.max(0, offset < 0 && maxItems !== null ? size - maxItems : offset)
    // The server looks at the limit after it has taken an entry.
    const count = maxItems === null ? size : Math.max(1, maxItems)
    return joined(this.entries.entries().drop(start).take(count))
  }

  delete(promptId: string): void {
    this.entries.delete(promptId)
  }

  clear(): void {
    this.entries.clear()
  }
}

const joined = (entries: Iterable<[string, string]>) =>
  `{${Array.from(entries, ([id, entry]) => `${dumpJson(id)}: ${entry}`).join(', ')}}`
