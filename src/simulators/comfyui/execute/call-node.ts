import { isDict, type Py, type PyDict, PythonError } from '../python/py.ts'
import { announceBlocked, announceTick } from './announce.ts'
import type { PromptNode } from './dynamic-prompt.ts'
import type { InputData } from './input-data.ts'
import type { ClassTraits, NodeCall, NodeOutcome, NodeResult } from './node-runner.ts'
import { Interrupted, type PromptRun } from './prompt-run.ts'
import { thinTicks } from './thin-ticks.ts'
import { data, type Value } from './value.ts'

/**
 * One call per element of the longest input list (shorter ones repeat their last), or a single one with INPUT_IS_LIST. Without any
 * element there is one as well, and it gets no inputs.
 */
export function callsOf(run: PromptRun, node: PromptNode, traits: ClassTraits, { all }: InputData): NodeCall[] {
  const lengths = [...all.values()].map((list) => list.length)
  const longest = Math.max(0, ...lengths)
  const count = traits.inputIsList ? 1 : Math.max(1, longest)
  const given = longest === 0 ? [] : [...all]
  const { promptId, prompt, extraData } = run
  return Array.from({ length: count }, (_, index) => ({
    promptId,
    nodeId: node.id,
    classType: node.classType,
    inputs: new Map(given.map(([name, list]) => [name, elementOf(list, index, traits)])),
    lists: all,
    index,
    graph: prompt,
    extraData: isDict(extraData) ? extraData : new Map(),
  }))
}

/** What check_lazy_status of the calls asks for. A blocked call is not asked. */
export function lazyRequests(run: PromptRun, traits: ClassTraits, calls: readonly NodeCall[]): string[] {
  return calls.flatMap((call) => {
    if (run.takeInterrupt()) throw new Interrupted()
    return blockerOf(traits, call) ? [] : [...run.runner.lazyRequest(call)]
  })
}

/** Runs the calls one after the other; a blocked one gives the blocker for every output. */
export async function runCalls(run: PromptRun, traits: ClassTraits, calls: readonly NodeCall[]): Promise<NodeResult[]> {
  const results: NodeResult[] = []
  for (const call of calls) {
    const outcome = begin(run, traits, call)
    results.push('outputs' in outcome ? outcome : await play(run, call.nodeId, outcome))
  }
  return results
}

/** Starts the calls of a coroutine. null: some need time, and the node waits for them. */
export function startCalls(run: PromptRun, traits: ClassTraits, calls: readonly NodeCall[]): NodeResult[] | null {
  const id = calls[0]!.nodeId
  const outcomes = calls.map((call) => {
    const outcome = begin(run, traits, call)
    return 'outputs' in outcome ? { durationMs: 0, ticks: [], finish: () => outcome } : outcome
  })
  run.async.start(id, outcomes)
  const ended = run.async.take(id)
  if (!ended) run.async.whenDone(id, run.schedule.hold(id))
  return ended
}

function begin(run: PromptRun, traits: ClassTraits, call: NodeCall): NodeOutcome | (NodeResult & { outputs: Value[] }) {
  if (run.takeInterrupt()) throw new Interrupted()
  const blocker = blockerOf(traits, call)
  if (!blocker) {
    const outcome = run.runner.run(call)
    return run.rules.throttledProgress ? { ...outcome, ticks: thinTicks(outcome.ticks) } : outcome
  }
  if (blocker.message === null) return { outputs: traits.outputs.map(() => blocker) }
  announceBlocked(run, call.nodeId, call.classType, blocker.message)
  return { outputs: traits.outputs.map(() => ({ kind: 'blocker', message: null })) }
}

async function play(run: PromptRun, id: string, outcome: NodeOutcome): Promise<NodeResult> {
  let at = 0
  for (const tick of outcome.ticks) {
    await run.clock.sleep(tick.atMs - at)
    at = tick.atMs
    if (tick.progress && run.takeInterrupt()) throw new Interrupted()
    announceTick(run, id, tick)
  }
  await run.clock.sleep(outcome.durationMs - at)
  return outcome.finish()
}

function blockerOf(traits: ClassTraits, call: NodeCall): Extract<Value, { kind: 'blocker' }> | undefined {
  const values = traits.inputIsList ? [...call.lists.values()].flat() : [...call.inputs.values()]
  return values.find((value) => value.kind === 'blocker')
}

function elementOf(list: readonly Value[], index: number, { inputIsList }: ClassTraits): Value {
  const value = list[index] ?? list.at(-1) ?? (inputIsList ? data(null) : undefined)
  if (!value) throw new PythonError('IndexError', 'list index out of range')
  return value
}

type Slot = Value | readonly Value[]

/** The results of a node's calls, per output one list: declared lists are joined, everything else is one element a call. */
export function mergeOutputs(results: readonly (readonly Slot[])[], traits: ClassTraits): Value[][] {
  const first = results[0]
  if (!first) return []
  return traits.outputIsList
    .slice(0, first.length)
    .map((isList, slot) =>
      results.flatMap((result) => (isList ? [...asList(result[slot])] : asList(result[slot]).slice(0, 1))),
    )
}

/** `ui` of all calls, joined per key. The first call's keys count. */
export function mergeUi(results: readonly NodeResult[]): PyDict {
  const parts = results.flatMap(({ ui }) => (ui ? [ui] : []))
  const merged = new Map<string, Py>()
  for (const key of parts[0]?.keys() ?? [])
    merged.set(
      key,
      parts.flatMap((part) => [...(part.get(key) ?? [])]),
    )
  return merged
}

function asList(slot: Slot | undefined): readonly Value[] {
  if (slot === undefined) return []
  return Array.isArray(slot) ? slot : [slot as Value]
}
