import type { Preview } from '../../simulators/comfyui/execute/node-runner.ts'
import type { Outbox } from '../../simulators/comfyui/execute/prompt-run.ts'
import { type Py, type PyDict, PythonError } from '../../simulators/comfyui/python/py.ts'
import type { Clock } from '../../simulators/simulator.ts'
import { can, type Due, type FaultPlan } from './fault-plan.ts'
import type { Action } from './grammar/actions.ts'
import type { MortalClock } from './mortal-clock.ts'
import { jsonOf, member, messageAnchors, type PromptBook } from './prompt-book.ts'
import type { World } from './world.ts'

export interface OutboxFaults {
  readonly plan: FaultPlan
  readonly book: PromptBook
  readonly world: World
  /** What delays pass on. */
  readonly clock: Clock
  /** The time of the server that says all this. */
  readonly server: MortalClock
}

/** What a server says about its prompts, with the faults that happen in the server when it does. */
export class FaultyOutbox implements Outbox {
  private isDead = false
  private readonly hub: Outbox
  private readonly faults: OutboxFaults

  constructor(hub: Outbox, faults: OutboxFaults) {
    this.hub = hub
    this.faults = faults
  }

  send(type: string, data: () => string, to: Py): void {
    if (this.isDead) return
    const { plan, book, world } = this.faults
    const json = data()
    const message = jsonOf(json)
    const promptId = String(member(message, 'prompt_id') ?? '')
    if (type === 'executed') book.wrote(promptId, member(message, 'output'))
    const due = plan.due(messageAnchors(type, message, book), can.server)
    const thrown = due.map(({ do: action }) => exceptionOf(action)).find((error) => error !== null)
    for (const fault of due) if (!fault.after) this.perform(fault, promptId)
    if (thrown && type !== 'executing') throw thrown
    const isHidden = type === 'executed' && world.withoutOutputs.has(promptId)
    if (!this.isDead && !isHidden) this.hub.send(type, () => json, to)
    for (const fault of due) if (fault.after) this.perform(fault, promptId)
    if (thrown) throw thrown
  }

  takesPreviewMetadata(to: Py): boolean {
    return this.hub.takesPreviewMetadata(to)
  }

  preview(preview: Preview, metadata: PyDict | null, to: Py): void {
    if (!this.isDead) this.hub.preview(preview, metadata, to)
  }

  text(nodeId: string, text: string): void {
    if (!this.isDead) this.hub.text(nodeId, text)
  }

  private perform({ do: action, seed }: Due, promptId: string): void {
    const { clock, server, world, book } = this.faults
    const isPause = action.kind === 'delay' || action.kind === 'hang'
    if (isPause && action.pause === null) server.stop()
    else if (isPause) server.await(clock.sleep(action.pause ?? 0))
    else if (action.kind === 'damage') {
      for (const file of book.filesOf(book.jobOf(promptId) ?? 0)) world.comfyui.damage(file, action.damage, seed)
    } else {
      if (action.kind === 'restart') this.isDead = true
      const done = world.act(action, 'comfyui')
      if (done) server.await(done)
    }
  }
}

/** What a node's code throws; null for actions that make it throw nothing. */
function exceptionOf(action: Action): PythonError | null {
  switch (action.kind) {
    case 'outOfMemory':
      return new PythonError(
        'torch.OutOfMemoryError',
        'Allocation on device 0 would exceed allowed memory. (out of memory)\nCurrently allocated     : 22.51 GiB\nRequested               : 1.21 GiB\nDevice limit            : 23.64 GiB\nFree (according to CUDA): 19.00 MiB',
        TRACEBACK,
      )
    case 'diskFull':
      return new PythonError('OSError', '[Errno 28] No space left on device', TRACEBACK)
    case 'raise':
      return new PythonError(action.exception, action.text ?? 'Simulated fault', TRACEBACK)
    default:
      return null
  }
}

/** As ComfyUI's executor shows where a node failed. */
const TRACEBACK = [
  '  File "/comfy/execution.py", line 496, in execute\n    output_data, output_ui, has_subgraph, has_pending_tasks = await get_output_data(prompt_id, unique_id, obj, input_data_all, execution_block_cb=execution_block_cb, pre_execute_cb=pre_execute_cb, hidden_inputs=hidden_inputs)\n',
  '  File "/comfy/execution.py", line 277, in process_inputs\n    result = f(**inputs)\n',
]
