import type { LinkType, NotEqual, SocketType } from '../behaviours/node-behaviour.ts'
import { pyEquals } from '../python/operators.ts'
import type { Py } from '../python/py.ts'

/** The type of a socket by its name in `object_info` and how that compares; a class of its own wins. */
export function linkType(type: Py, isV3: boolean, own: SocketType | undefined): LinkType {
  if (typeof own === 'function') return { type, notEqual: own }
  // `*` of a V1 class is nearly always ComfyUI's IO.ANY; object_info does not tell it from an ordinary string.
  const isAny = own === undefined ? isV3 || type === '*' : own === 'any'
  return isAny ? { type, notEqual: notEqualAny } : { type }
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
  if (a.notEqual) return a.notEqual(a.type, b.type)
  return b.notEqual ? b.notEqual(b.type, a.type) : !pyEquals(a.type, b.type)
}

/** ComfyUI's IO enum and V3 types: `*` equals everything, and a union whatever holds all its names. */
const notEqualAny: NotEqual = (type, other) => {
  if (type === '*' || other === '*') return false
  if (typeof type !== 'string' || typeof other !== 'string') return true
  const names = other.split(',')
  return !type.split(',').every((name) => names.includes(name))
}
