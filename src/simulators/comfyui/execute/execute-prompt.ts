import { dumpJson } from '../python/format.ts'
import { dict, type Py, type PyDict } from '../python/py.ts'
import { announceTick } from './announce.ts'
import { AsyncCalls } from './async-calls.ts'
import { CacheKeys } from './cache-key.ts'
import { DynamicPrompt } from './dynamic-prompt.ts'
import { announceCached, executeNode, type NodeFailure } from './execute-node.ts'
import { ProgressState } from './progress-state.ts'
import { type Caches, type ExecutionServices, Interrupted, type PromptRun } from './prompt-run.ts'
import { Schedule } from './schedule.ts'

export interface PromptToRun {
  readonly promptId: string
  readonly prompt: PyDict
  /** Normally an object; the server takes a list or a text as well. */
  readonly extraData: Py
  /** null: the prompt was sent without one. */
  readonly clientId: Py
  /** Output nodes in the order in which they become pending. */
  readonly outputs: readonly string[]
}

export interface ExecutionRecord {
  readonly outputs: PyDict
  readonly meta: PyDict
  /** False after an error or an interruption, but not after a dynamic cycle (execution.py, execute_async). */
  readonly success: boolean
  readonly messages: Py[]
}

/** Runs one prompt to its end and returns what history keeps of it. The caches are changed in place. */
export async function executePrompt(
  toRun: PromptToRun,
  caches: Caches,
  services: ExecutionServices,
): Promise<ExecutionRecord> {
  const { promptId, extraData, clientId } = toRun
  const messages: Py[] = []
  const tell = (type: string, facts: { [key: string]: Py }, toAll = false) => {
    const data = dict({ ...facts, timestamp: BigInt(services.clock.now()) })
    messages.push([type, data])
    if (clientId !== null || toAll) services.outbox.send(type, () => dumpJson(data), clientId)
  }

  tell('execution_start', { prompt_id: promptId })
  services.runner.beginPrompt(toRun.prompt)
  const prompt = new DynamicPrompt(toRun.prompt)
  const keys = new CacheKeys(prompt, services.runner, services.unequal)
  caches.outputs.setPrompt(keys, toRun.prompt.keys())
  caches.ui.setPrompt(keys, toRun.prompt.keys())
  const isCached = (id: string) => caches.outputs.get(prompt, id) !== undefined
  tell('execution_cached', { nodes: [...toRun.prompt.keys()].filter(isCached), prompt_id: promptId })

  const run: PromptRun = {
    ...services,
    promptId,
    prompt,
    extraData,
    clientId,
    caches,
    keys,
    schedule: new Schedule(prompt, services.runner, isCached),
    progress: new ProgressState(promptId, prompt),
    executed: new Set(),
    emitted: new Map(),
    expanded: new Map(),
    async: new AsyncCalls(services.clock, (node, tick) => {
      if (tick.progress && services.takeInterrupt()) throw new Interrupted()
      announceTick(run, node, tick)
    }),
  }
  // Nodes that this prompt expands to are never among them.
  const current = caches.outputs.nodeIds()
  const end = await runNodes(run, toRun.outputs)
  const nodeOf = (nodeId: string) => ({
    prompt_id: promptId,
    node_id: nodeId,
    node_type: prompt.node(nodeId).classType,
    executed: [...run.executed],
  })
  if (end.kind === 'finished' && services.rules.emittedOutputs) announceIntermediate(run)
  if (end.kind === 'finished') tell('execution_success', { prompt_id: promptId })
  else if (end.kind === 'interrupted') tell('execution_interrupted', nodeOf(end.nodeId), true)
  else {
    const { nodeId, message, type, traceback, currentInputs } = end.failure
    tell('execution_error', {
      ...nodeOf(nodeId),
      exception_message: message,
      exception_type: type,
      traceback: [...traceback],
      current_inputs: currentInputs,
      current_outputs: current,
    })
  }
  services.lastNode(null)
  return { ...uiOf(run), success: end.success, messages }
}

type End =
  | { readonly kind: 'finished'; readonly success: true }
  | { readonly kind: 'interrupted'; readonly success: false; readonly nodeId: string }
  | { readonly kind: 'failed'; readonly success: boolean; readonly failure: NodeFailure }

async function runNodes(run: PromptRun, outputs: readonly string[]): Promise<End> {
  const { schedule } = run
  for (const id of outputs) schedule.add(id)
  while (!schedule.isEmpty) {
    let id = schedule.pick()
    while (id === null && schedule.waitsForAsync) {
      await run.async.advance()
      id = schedule.pick()
    }
    if (id === null) return { kind: 'failed', success: true, failure: cycleAt(schedule.blamedForCycle()) }
    const step = await executeNode(run, id)
    if (step.kind === 'done') schedule.complete(id)
    else if (step.kind !== 'pending') return { ...step, success: false }
  }
  return { kind: 'finished', success: true }
}

function cycleAt(nodeId: string): NodeFailure {
  return {
    nodeId,
    type: 'graph.DependencyCycleError',
    message: 'Dependency cycle detected',
    traceback: [],
    currentInputs: [],
  }
}

/** Outputs of nodes that are no output nodes are told again when they come from the cache. */
function announceIntermediate(run: PromptRun): void {
  for (const id of run.prompt.original.keys()) {
    const isIntermediate = run.runner.traits(run.prompt.node(id).classType)?.hasIntermediateOutput
    if (run.executed.has(id) || !isIntermediate || !run.caches.outputs.get(run.prompt, id)) continue
    announceCached(run, id)
  }
}

/** All there is for any node of the prompt, also what an earlier prompt has left; newer servers keep what was told. */
function uiOf({ caches, prompt, rules, emitted }: PromptRun): { outputs: PyDict; meta: PyDict } {
  const outputs: PyDict = new Map()
  const meta: PyDict = new Map()
  if (rules.emittedOutputs) {
    for (const [id, entry] of emitted) {
      outputs.set(id, entry.output)
      meta.set(id, entry.meta)
    }
    return { outputs, meta }
  }
  for (const id of caches.ui.nodeIds()) {
    const entry = caches.ui.get(prompt, id)
    if (!entry) continue
    outputs.set(id, entry.output)
    meta.set(id, entry.meta)
  }
  return { outputs, meta }
}
