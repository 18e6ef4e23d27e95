import type { Clock } from '../../simulator.ts'
import { executePrompt } from '../execute/execute-prompt.ts'
import type { NodeRunner } from '../execute/node-runner.ts'
import type { Caches, Outbox } from '../execute/prompt-run.ts'
import { ResultCache } from '../execute/result-cache.ts'
import { dumpJson } from '../python/format.ts'
import { pyContains, pyItem, requireHashable } from '../python/operators.ts'
import { dict, isDict, type PyDict, PythonError } from '../python/py.ts'
import type { Rules } from '../rules.ts'
import type { QueueItem } from '../validate/validate-prompt.ts'
import type { History } from './history.ts'
import type { PromptQueue } from './prompt-queue.ts'
import type { SocketHub } from './socket-hub.ts'

/** What passes between the announcement of a prompt's end and its history entry. */
const RACE_MS = 1

/** The one thread that runs prompts, one at a time (main.py, prompt_worker). */
export class Worker {
  /** The exception that ended the thread for good; null while it lives. */
  died: PythonError | null = null
  private interrupted = false
  private busy = false
  private forget = false
  private unique = 0
  private caches = emptyCaches()
  private readonly queue: PromptQueue
  private readonly history: History
  private readonly hub: SocketHub
  private readonly outbox: Outbox
  private readonly runner: NodeRunner
  private readonly rules: Rules
  private readonly clock: Clock

  /** What is said about prompts goes out by `outbox`, which is the hub, or something around it. */
  constructor(parts: {
    queue: PromptQueue
    history: History
    hub: SocketHub
    outbox: Outbox
    runner: NodeRunner
    rules: Rules
    clock: Clock
  }) {
    this.queue = parts.queue
    this.history = parts.history
    this.hub = parts.hub
    this.outbox = parts.outbox
    this.runner = parts.runner
    this.rules = parts.rules
    this.clock = parts.clock
  }

  /** There is something to do, or may be. Returns at once. */
  wake(): void {
    if (this.busy || this.died) return
    this.busy = true
    this.work()
      .catch((error: unknown) => {
        // Nothing guards the server's thread against what the executor lets through.
        if (!(error instanceof PythonError)) throw error
        this.died = error
      })
      .finally(() => {
        this.busy = false
        if (this.queue.pending.length > 0) this.wake()
      })
  }

  /** Without an id: whatever runs. It takes effect at the next check point and is forgotten when a prompt starts. */
  interrupt(promptId: string | null): void {
    if (promptId === null || this.queue.running?.promptId === promptId) this.interrupted = true
  }

  /** POST /free with `free_memory`: the cache is dropped when the worker is idle or after the prompt that runs. */
  freeMemory(): void {
    if (this.busy) this.forget = true
    else this.reset()
  }

  private async work(): Promise<void> {
    do {
      await this.clock.sleep(RACE_MS)
      const item = this.queue.take()
      if (item) await this.run(item)
      if (this.forget) this.reset()
      this.forget = false
    } while (this.queue.pending.length > 0)
  }

  private reset(): void {
    this.caches = emptyCaches()
    this.runner.beginPrompt(new Map())
  }

  private async run(item: QueueItem): Promise<void> {
    const { promptId, secrets } = item
    const extraData = secrets && isDict(item.extraData) ? new Map([...item.extraData, ...secrets]) : item.extraData
    const prompt = isDict(item.prompt) ? ownCopy(item.prompt) : new Map()
    const outputs = item.outputs.filter((id) => typeof id === 'string')
    // Throws for what has no members to look through.
    const clientId = pyContains(extraData, 'client_id') ? pyItem(extraData, 'client_id') : null
    this.interrupted = false
    // Sockets are looked up by it. The real server ends altogether; here nothing runs any more.
    requireHashable(clientId)
    this.hub.client = clientId
    const record = await executePrompt({ promptId, prompt, extraData, clientId, outputs }, this.caches, {
      runner: this.runner,
      rules: this.rules,
      clock: this.clock,
      outbox: this.outbox,
      takeInterrupt: () => {
        const wanted = this.interrupted
        this.interrupted = false
        return wanted
      },
      lastNode: (id) => {
        this.hub.lastNode = id
      },
      unequal: () => {
        this.unique += 1
        return `nan${this.unique}`
      },
    })
    await this.clock.sleep(RACE_MS)
    this.queue.done(() => this.history.add(item, record))
    if (clientId === null) return
    this.outbox.send('executing', () => dumpJson(dict({ node: null, prompt_id: promptId })), clientId)
  }
}

function emptyCaches(): Caches {
  return { outputs: new ResultCache(), ui: new ResultCache() }
}

/** Execution leaves `is_changed` in the nodes; the queue and the history show them without it. */
function ownCopy(prompt: PyDict): PyDict {
  return new Map(Array.from(prompt, ([id, node]) => [id, isDict(node) ? new Map(node) : node]))
}
