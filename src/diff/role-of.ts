import type { Bindings, Places } from '../domain/bindings.ts'
import type { RoleOf } from './diff-job.ts'

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
