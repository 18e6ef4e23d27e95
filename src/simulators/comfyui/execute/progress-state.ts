import { dumpJson } from '../python/format.ts'
import type { Py } from '../python/py.ts'
import type { DynamicPrompt } from './dynamic-prompt.ts'

interface Entry {
  readonly max: Py
  /** The members that never change, as JSON. */
  readonly who: string
  /** JSON of the entry with its key; made anew only when it changes, for every message carries all entries. */
  readonly json: string
}

/** Every node that was started or finished in this prompt, as `progress_state` lists them. */
export class ProgressState {
  private readonly entries = new Map<string, Entry>()
  private readonly promptId: string
  private readonly prompt: DynamicPrompt

  constructor(promptId: string, prompt: DynamicPrompt) {
    this.promptId = dumpJson(promptId)
    this.prompt = prompt
  }

  start(id: string): void {
    this.set(id, 0.0, 1.0, 'running')
  }

  update(id: string, value: Py, max: Py): void {
    this.set(id, value, max, 'running')
  }

  /** A node that was never started counts 1 of 1, in integers; others keep the number type they had. */
  finish(id: string): void {
    const max = this.entries.get(id)?.max ?? 1n
    this.set(id, max, max, 'finished')
  }

  /** JSON of the message's data. */
  json(): string {
    const nodes = Array.from(this.entries.values(), ({ json }) => json)
    return `{"prompt_id": ${this.promptId}, "nodes": {${nodes.join(', ')}}}`
  }

  private set(id: string, value: Py, max: Py, state: 'running' | 'finished'): void {
    const who = this.entries.get(id)?.who ?? this.identity(id)
    const json = `${dumpJson(id)}: {"value": ${dumpJson(value)}, "max": ${dumpJson(max)}, "state": "${state}", ${who}}`
    this.entries.set(id, { max, who, json })
  }

  private identity(id: string): string {
    const { prompt, promptId } = this
    return (
      `"node_id": ${dumpJson(id)}, "prompt_id": ${promptId}, "display_node_id": ${dumpJson(prompt.displayId(id))}, ` +
      `"parent_node_id": ${dumpJson(prompt.parentOf(id))}, "real_node_id": ${dumpJson(prompt.realId(id))}`
    )
  }
}
