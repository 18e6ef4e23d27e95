import { dict, isDict, type Py, type PyDict, PythonError } from '../python/py.ts'
import { announceExecuted, announceExecuting, announceProgressState } from './announce.ts'
import { callsOf, lazyRequests, mergeOutputs, mergeUi, runCalls, startCalls } from './call-node.ts'
import { type InputData, inputData } from './input-data.ts'
import type { ClassTraits, NodeResult } from './node-runner.ts'
import { Interrupted, type PromptRun } from './prompt-run.ts'
import { formatValue, type Value } from './value.ts'

export type NodeStep =
  | { readonly kind: 'done' }
  /** It waits for other nodes and will be picked again. */
  | { readonly kind: 'pending' }
  | { readonly kind: 'interrupted'; readonly nodeId: string }
  | { readonly kind: 'failed'; readonly failure: NodeFailure }

export interface NodeFailure {
  /** The submitted node, also when an expanded one failed. */
  readonly nodeId: string
  readonly type: string
  readonly message: string
  readonly traceback: readonly string[]
  /** `[]` for a dynamic cycle. */
  readonly currentInputs: PyDict | Py[]
}

const OUT_OF_MEMORY =
  'This error means you ran out of memory on your GPU.\n\n' +
  'TIPS: If the workflow worked before you might have accidentally set the batch_size to a large number.'

/** Takes one picked node as far as it goes (execution.py, execute). */
export async function executeNode(run: PromptRun, id: string): Promise<NodeStep> {
  if (run.caches.outputs.get(run.prompt, id)) {
    announceCached(run, id)
    run.progress.finish(id)
    announceProgressState(run)
    return { kind: 'done' }
  }
  const inputs: { data?: InputData } = {}
  try {
    const results = resumed(run, id) ?? (await started(run, id, inputs))
    if (!results || !settle(run, id, results)) return { kind: 'pending' }
  } catch (error) {
    const nodeId = run.prompt.realId(id)
    if (error instanceof Interrupted) return { kind: 'interrupted', nodeId }
    if (!(error instanceof PythonError)) throw error
    return { kind: 'failed', failure: { ...describe(error), nodeId, currentInputs: formatInputs(inputs.data) } }
  }
  run.progress.finish(id)
  announceProgressState(run)
  run.executed.add(id)
  return { kind: 'done' }
}

/** Tells what a node showed when its result was made. */
export function announceCached(run: PromptRun, id: string): void {
  const entry = run.caches.ui.get(run.prompt, id)
  if (entry) run.emitted.set(id, entry)
  announceExecuted(run, id, entry?.output ?? null)
}

/** The results of a coroutine that has ended, or of an expansion that has run. */
function resumed(run: PromptRun, id: string): NodeResult[] | null {
  const ended = run.async.take(id)
  if (ended) return ended
  const expanded = run.expanded.get(id)
  if (!expanded) return null
  run.expanded.delete(id)
  return resolveExpansion(run, expanded)
}

/** Calls the node; null when it must wait for lazy inputs or its coroutines. */
async function started(run: PromptRun, id: string, inputs: { data?: InputData }): Promise<NodeResult[] | null> {
  const { prompt, extraData } = run
  const node = prompt.node(id)
  run.progress.start(id)
  announceProgressState(run)
  const traits = traitsOf(run, node.classType)
  const known = run.rules.lazyInputs ? run.schedule.sourcesOf(id) : null
  const outputsOf = (source: string) =>
    known?.has(source) === false ? undefined : run.caches.outputs.get(prompt, source)
  inputs.data = inputData(node, traits, outputsOf, { prompt: prompt.original, extraData })
  run.lastNode(prompt.displayId(id))
  announceExecuting(run, id)
  const calls = callsOf(run, node, traits, inputs.data)
  if (traits.lazyInputs.size > 0) {
    const { all, missing } = inputs.data
    const wanted = new Set(lazyRequests(run, traits, calls))
    const needed = [...wanted].filter((name) => !all.has(name) || missing.has(name))
    for (const name of needed) run.schedule.requireInput(id, name)
    if (needed.length > 0) return null
  }
  return traits.isAsync ? startCalls(run, traits, calls) : runCalls(run, traits, calls)
}

/** Keeps what a node gave. False when it expanded and has to wait. */
function settle(run: PromptRun, id: string, results: readonly NodeResult[]): boolean {
  const { prompt, caches } = run
  const output = mergeUi(results)
  if (output.size > 0) {
    const entry = { meta: metaOf(run, id), output }
    caches.ui.set(prompt, id, entry)
    run.emitted.set(id, entry)
    announceExecuted(run, id, output)
  }
  if (results.some(({ expansion }) => expansion)) {
    expandNode(run, id, results)
    return false
  }
  const traits = traitsOf(run, prompt.node(id).classType)
  const outputs = results.flatMap((result) => (result.outputs ? [result.outputs] : []))
  caches.outputs.set(prompt, id, mergeOutputs(outputs, traits))
  return true
}

function traitsOf(run: PromptRun, classType: string): ClassTraits {
  const traits = run.runner.traits(classType)
  if (!traits) throw new PythonError('KeyError', `'${classType}'`)
  return traits
}

function metaOf({ prompt }: PromptRun, id: string): PyDict {
  return dict({
    node_id: id,
    display_node: prompt.displayId(id),
    parent_node: prompt.parentOf(id),
    real_node_id: prompt.realId(id),
  })
}

function describe({ type, message, traceback }: PythonError): Pick<NodeFailure, 'type' | 'message' | 'traceback'> {
  return { type, traceback, message: `${message}\n${/OutOfMemoryError$/.test(type) ? OUT_OF_MEMORY : ''}` }
}

function formatInputs(inputs: InputData | undefined): PyDict {
  return new Map(Array.from(inputs?.all ?? [], ([name, list]) => [name, list.map(formatValue)]))
}

/** Adds the graphs that a node's calls returned; the node then waits for the links in their results. */
function expandNode(run: PromptRun, id: string, results: readonly NodeResult[]): void {
  const { prompt, schedule, caches, runner } = run
  const expansions = results.flatMap(({ expansion }) => (expansion ? [expansion] : []))
  const children = expansions.flatMap(({ graph }) => [...graph])
  for (const [child, node] of children) {
    if (prompt.has(child)) {
      const advice = 'Ensure node ids are unique and deterministic or use graph_utils.GraphBuilder.'
      throw new PythonError('execution.DuplicateNodeError', `Attempt to add duplicate node ${child}. ${advice}`)
    }
    if (!isDict(node)) continue
    const display = node.get('override_display_id')
    prompt.add(child, node, id, typeof display === 'string' ? display : id)
  }
  const ids = children.map(([child]) => child)
  caches.outputs.expand(prompt, id, run.keys, ids)
  caches.ui.expand(prompt, id, run.keys, ids)
  for (const child of ids) if (runner.traits(prompt.node(child).classType)?.isOutput) schedule.add(child)
  const sources = expansions.flatMap(({ outputs }) =>
    outputs.flatMap((each) => (each.kind === 'link' ? [each.node] : [])),
  )
  for (const source of sources) schedule.block(source, id)
  run.expanded.set(id, results)
}

/** The results of a node whose expansion has run: links are replaced by what their sources gave. */
function resolveExpansion(run: PromptRun, results: readonly NodeResult[]): NodeResult[] {
  return results.map(({ expansion, outputs }) => ({
    outputs: expansion
      ? expansion.outputs.map((each) => (each.kind === 'link' ? linked(run, each.node, each.slot) : [each]))
      : (outputs ?? []),
  }))
}

function linked(run: PromptRun, node: string, slot: number): readonly Value[] {
  const list = run.caches.outputs.get(run.prompt, node)?.at(slot)
  if (!list) throw new PythonError('TypeError', "'NoneType' object is not subscriptable")
  return list
}
