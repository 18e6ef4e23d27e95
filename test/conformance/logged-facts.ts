import { isDict, type Py, type PyDict } from '../../src/simulators/comfyui/python/py.ts'
import { dictAt, dictOf, type ExecutionRecord } from './execution-record.ts'

/** What a scenario's log says of things that only the nodes' code decides. */
export class LoggedFacts {
  private readonly errors = new Map<string, PyDict[]>()
  private readonly started = new Map<string, string[]>()
  private readonly outputs = new Map<string, PyDict>()
  private readonly order = new Map<string, Py[]>()

  constructor(record: ExecutionRecord) {
    for (const entry of record.log) if (entry.k === 'ws') this.readMessage(dictOf(entry.d))
    for (const [id, text] of Object.entries(record.history)) this.readHistory(id, dictAt(dictOf(text), id))
  }

  /** The exception of a node, if the log has one: the last node that was started is the one that raised. */
  errorOf(promptId: string, nodeId: string, realId: string): { type: string; message: string } | null {
    const error = this.errors.get(promptId)?.find((each) => each.get('node_id') === realId)
    if (!error) return null
    const started = this.started.get(promptId)?.at(-1)
    if (nodeId !== realId && started !== undefined && started !== nodeId) return null
    // A node that has run did not fail, though the expanded one it belongs to may have.
    if (nodeId === realId && started?.startsWith(`${realId}.`)) return null
    const message = String(error.get('exception_message'))
    return { type: String(error.get('exception_type')), message: message.replace(/\n$/, '') }
  }

  outputOf(promptId: string, nodeId: string): PyDict | undefined {
    return this.outputs.get(`${promptId}\n${nodeId}`)
  }

  /** Place of a node among those that were started; those that never were come last. */
  placeOf(promptId: string, nodeId: string): number {
    const place = this.started.get(promptId)?.indexOf(nodeId) ?? -1
    return place < 0 ? Number.POSITIVE_INFINITY : place
  }

  /** `outputs_to_execute` as the recorded server took them. */
  orderOf(promptId: string): readonly Py[] | undefined {
    return this.order.get(promptId)
  }

  private readMessage(message: PyDict): void {
    const data = dictAt(message, 'data')
    const promptId = data.get('prompt_id')
    if (typeof promptId !== 'string') return
    const node = data.get('node')
    const output = data.get('output')
    switch (message.get('type')) {
      case 'execution_start':
        this.errors.delete(promptId)
        return
      case 'executing':
        if (typeof node === 'string') this.started.set(promptId, [...(this.started.get(promptId) ?? []), node])
        return
      case 'executed':
        if (typeof node === 'string' && isDict(output)) this.outputs.set(`${promptId}\n${node}`, output)
        return
      case 'execution_error':
        this.addError(promptId, data)
        return
      default:
    }
  }

  private readHistory(promptId: string, entry: PyDict): void {
    for (const [node, output] of dictAt(entry, 'outputs')) {
      const key = `${promptId}\n${node}`
      if (isDict(output) && !this.outputs.has(key)) this.outputs.set(key, output)
    }
    const messages = dictAt(entry, 'status').get('messages')
    for (const message of Array.isArray(messages) ? messages : []) {
      if (!Array.isArray(message)) continue
      const [type, data] = message
      if (type === 'execution_error' && isDict(data) && !this.errors.has(promptId)) this.addError(promptId, data)
    }
    const prompt = entry.get('prompt')
    const outputs = Array.isArray(prompt) ? prompt[4] : undefined
    if (Array.isArray(outputs)) this.order.set(promptId, outputs)
  }

  private addError(promptId: string, data: PyDict): void {
    const own = ['ExecutionBlocked', 'graph.DependencyCycleError']
    if (own.includes(String(data.get('exception_type')))) return
    this.errors.set(promptId, [...(this.errors.get(promptId) ?? []), data])
  }
}
