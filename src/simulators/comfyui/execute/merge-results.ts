import type { Py, PyDict } from '../python/py.ts'
import type { ClassTraits } from './class-traits.ts'
import type { NodeResult } from './node-runner.ts'
import type { Value } from './value.ts'

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
