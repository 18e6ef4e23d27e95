import { loadTemplates } from '../config/templates.ts'
import { allOf } from '../domain/all-of.ts'
import type { Bindings, Places } from '../domain/bindings.ts'
import type { RoleOf } from './diff-runs.ts'
import { diffRuns, type RunDiff } from './diff-runs.ts'
import { readRun } from './read-run.ts'

/** Reads both and compares them; inputs get their roles from the bindings of `workflows`, null being the shipped ones. */
export async function diffPaths(a: string, b: string, workflows: string | null): Promise<RunDiff> {
  const [before, after, { bindings }] = await allOf([readRun(a), readRun(b), loadTemplates(workflows)])
  return diffRuns(before, after, roleFrom(bindings))
}

/** Roles by what the bindings say about a node's id, title or class. */
export function roleFrom({ render, combine }: Bindings): RoleOf {
  const all: readonly Places[] = [
    render.inputs,
    render.high.inputs,
    render.low.inputs,
    combine.inputs,
    combine.first.inputs,
    combine.later.inputs,
  ]
  const places = all.flatMap((of) =>
    Object.entries(of).flatMap(([role, list = []]) => list.map((place) => ({ role, ...place }))),
  )
  return ({ id, title, className }, input) => {
    const found = places.find(
      (place) => place.input === input && (place.title === title || place.class === className || place.id === id),
    )
    return found?.role ?? null
  }
}
