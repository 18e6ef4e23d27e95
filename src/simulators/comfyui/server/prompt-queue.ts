import { pyLess } from '../python/operators.ts'
import type { Py } from '../python/py.ts'
import type { QueueItem } from '../validate/validate-prompt.ts'

/** `[number, prompt id, graph, extra_data, outputs to execute]`, as GET /queue and the history show an item. */
export const rowOf = ({ number, promptId, prompt, extraData, outputs }: QueueItem): Py[] => [
  number,
  promptId,
  prompt,
  extraData,
  outputs,
]

/**
 * The waiting prompts, and the one that runs (execution.py, PromptQueue). They are a binary heap, whose raw array GET
 * /queue shows.
 */
export class PromptQueue {
  private heap: QueueItem[] = []
  private current: QueueItem | null = null
  private readonly onChange: () => void

  /** `onChange` is told of every change that makes the server broadcast its status. */
  constructor(onChange: () => void) {
    this.onChange = onChange
  }

  get pending(): readonly QueueItem[] {
    return this.heap
  }

  get running(): QueueItem | null {
    return this.current
  }

  get remaining(): number {
    return this.heap.length + (this.current ? 1 : 0)
  }

  /** Throws Python's TypeError when two items cannot be ordered; the item is queued nevertheless. */
  put(item: QueueItem): void {
    this.heap.push(item)
    up(this.heap, this.heap.length - 1)
    this.onChange()
  }

  /** Takes the first item to run. */
  take(): QueueItem | null {
    const last = this.heap.pop()
    if (!last) return null
    const first = this.heap[0] ?? last
    if (this.heap.length > 0) {
      this.heap[0] = last
      sink(this.heap, 0)
    }
    this.current = first
    this.onChange()
    return first
  }

  /** The running item has ended; what becomes of it is written by `store` before the status goes out. */
  done(store: () => void): void {
    this.current = null
    store()
    this.onChange()
  }

  /** Removes the first waiting item with this id. The last one goes through `clear`, which tells of it twice. */
  delete(promptId: string): void {
    const at = this.heap.findIndex((item) => item.promptId === promptId)
    if (at < 0) return
    if (this.heap.length === 1) this.clear()
    else {
      this.heap.splice(at, 1)
      for (let index = (this.heap.length >> 1) - 1; index >= 0; index -= 1) sink(this.heap, index)
    }
    this.onChange()
  }

  clear(): void {
    this.heap = []
    this.onChange()
  }
}

// Python's heapq, step by step, for the array it leaves is visible: an item sinks to a leaf first and rises from there.
function sink(heap: QueueItem[], start: number): void {
  const item = heap[start]!
  let at = start
  for (let child = 2 * at + 1; child < heap.length; child = 2 * at + 1) {
    if (child + 1 < heap.length && !before(heap[child]!, heap[child + 1]!)) child += 1
    heap[at] = heap[child]!
    at = child
  }
  heap[at] = item
  up(heap, at, start)
}

function up(heap: QueueItem[], start: number, top = 0): void {
  const item = heap[start]!
  let at = start
  while (at > top) {
    const parent = (at - 1) >> 1
    if (!before(item, heap[parent]!)) break
    heap[at] = heap[parent]!
    at = parent
  }
  heap[at] = item
}

const before = (a: QueueItem, b: QueueItem) => pyLess(rowOf(a), rowOf(b))
