import { dumpJson } from '../../src/simulators/comfyui/python/format.ts'
import { isDict, type Py } from '../../src/simulators/comfyui/python/py.ts'

/** Every place where two values differ, as `pointer: expected … actual …`. Types and key order count: 1 is not 1.0. */
export function differences(expected: Py, actual: Py, at: string): string[] {
  if (isDict(expected) && isDict(actual)) {
    const keys = [...new Set([...expected.keys(), ...actual.keys()])]
    const inside = keys.flatMap((key) => {
      const [one, other] = [expected.get(key), actual.get(key)]
      if (one === undefined) return [`${at}/${key}: not expected: ${show(other)}`]
      if (other === undefined) return [`${at}/${key}: missing: ${show(one)}`]
      return differences(one, other, `${at}/${key}`)
    })
    if (inside.length > 0) return inside
    return differ([...expected.keys()], [...actual.keys()], `${at} (order of keys)`)
  }
  if (Array.isArray(expected) && Array.isArray(actual) && expected.length === actual.length) {
    return expected.flatMap((item, index) => differences(item, actual[index] ?? null, `${at}/${index}`))
  }
  return differ(expected, actual, at)
}

function differ(expected: Py, actual: Py, at: string): string[] {
  if (dumpJson(expected) === dumpJson(actual)) return []
  return [`${at}:\n  expected ${show(expected)}\n  actual   ${show(actual)}`]
}

const show = (value: Py | undefined): string => (value === undefined ? 'nothing' : dumpJson(value))
