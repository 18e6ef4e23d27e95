import { isDict, PythonError } from '../python/py.ts'
import type { NodeResult } from './node-runner.ts'
import type { PromptRun } from './prompt-run.ts'
import type { Value } from './value.ts'

/** Adds the graphs that a node's calls returned; the node then waits for the links in their results. */
export function expandNode(run: PromptRun, id: string, results: readonly NodeResult[]): void {
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
export function resolveExpansion(run: PromptRun, results: readonly NodeResult[]): NodeResult[] {
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
