import { pyEquals } from '../python/operators.ts'
import { type Py, PythonError } from '../python/py.ts'

/**
 * The Python type that a type name has, for it decides how names compare:
 * `plain` a str; `any` ComfyUI's IO enum and V3 types, where `*` equals everything; `subset` a testing-pack str that is also
 * equal when its types are a subset of the other's; `multi` a VideoHelperSuite str that also equals the names in `also`.
 */
export type TypeFamily = 'plain' | 'any' | 'subset' | 'multi'

export interface LinkType {
  /** A type name, or the options of an old combo. */
  readonly type: Py
  readonly family: TypeFamily
  readonly also?: readonly string[]
}

/** Whether a link may lead from an output to an input (comfy_execution/validation.py, validate_node_input, 0.3.64). */
export function typesMatch(received: LinkType, wanted: LinkType): boolean {
  if (!unequal(received, wanted)) return true
  if (typeof received.type !== 'string' || typeof wanted.type !== 'string') return false
  const names = wanted.type.split(',').map((name) => name.trim())
  return received.type.split(',').some((name) => names.includes(name.trim()))
}

/**
 * Python's `a != b`: the left side's rule, but the right side's when the left is an ordinary str or list
 * (a subclass goes first).
 */
function unequal(a: LinkType, b: LinkType): boolean {
  const [self, other] = a.family === 'plain' ? [b, a] : [a, b]
  if (self.family === 'plain') return !pyEquals(self.type, other.type)
  if (other.type === '*') return false
  if (self.family === 'multi') return !self.also?.some((name) => name === other.type)
  if (self.type === '*') return false
  if (typeof other.type === 'string') return !subset(self.type, other.type)
  if (self.family === 'any') return true
  throw new PythonError('AttributeError', "'list' object has no attribute 'split'")
}

/** Whether every name of one union is also in the other. */
export function subset(one: Py, other: string): boolean {
  const names = other.split(',')
  return typeof one === 'string' && one.split(',').every((name) => names.includes(name))
}
