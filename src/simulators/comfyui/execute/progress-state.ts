import { dumpJson } from '../python/dump.ts'
import type { Py } from '../python/py.ts'
import type { DynamicPrompt } from './dynamic-prompt.ts'

interface Entry {
  value: Py
  max: Py
  text: string
}

/** Every node that was started or finished in this prompt, as `progress_state` lists them. */
export class ProgressState {
  private readonly entries = new Map<string, Entry>()
  private readonly promptId: string
  private readonly prompt: DynamicPrompt

  constructor(promptId: string, prompt: DynamicPrompt) {
    this.promptId = promptId
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
    const nodes = Array.from(this.entries, ([id, { text }]) => `${dumpJson(id)}: ${text}`)
    return `{"prompt_id": ${dumpJson(this.promptId)}, "nodes": {${nodes.join(', ')}}}`
  }

  private set(id: string, value: Py, max: Py, state: 'running' | 'finished'): void {
    const facts = new Map<string, Py>([
      ['value', value],
      ['max', max],
      ['state', state],
      ['node_id', id],
      ['prompt_id', this.promptId],
      ['display_node_id', this.prompt.displayId(id)],
      ['parent_node_id', this.prompt.parentOf(id)],
      ['real_node_id', this.prompt.realId(id)],
    ])
    this.entries.set(id, { value, max, text: dumpJson(facts) })
  }
}
