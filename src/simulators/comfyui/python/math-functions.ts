import { calculate } from './arithmetic.ts'
import { pyFloat, pyInt } from './convert.ts'
import { pyGreater, pyLess } from './operators.ts'
import { type Py, PythonError } from './py.ts'

/** What comfy_extras/nodes_math.py lets an expression call. */
export const MATH_FUNCTIONS: Readonly<Record<string, (...given: Py[]) => Py>> = {
  abs: (value = null) => (pyLess(value, 0n) ? calculate('-', 0n, value) : value),
  min: (...given) => listOf(given).reduce((least, value) => (pyLess(value, least) ? value : least)),
  max: (...given) => listOf(given).reduce((most, value) => (pyGreater(value, most) ? value : most)),
  sum: (...given) => listOf(given).reduce((sum, value) => calculate('+', sum, value), 0n),
  round: (value = null, digits) => rounded(value, digits),
  pow: (base = null, exponent = null) => calculate('**', base, exponent),
  ceil: (value = null) => BigInt(Math.ceil(pyFloat(value))),
  floor: (value = null) => BigInt(Math.floor(pyFloat(value))),
  sqrt: (value = null) => inDomain(Math.sqrt(pyFloat(value))),
  log: (value = null, base) => {
    const logarithm = inDomain(Math.log(pyFloat(value)))
    return base === undefined ? logarithm : logarithm / Math.log(pyFloat(base))
  },
  log2: (value = null) => inDomain(Math.log2(pyFloat(value))),
  log10: (value = null) => inDomain(Math.log10(pyFloat(value))),
  sin: (value = null) => Math.sin(pyFloat(value)),
  cos: (value = null) => Math.cos(pyFloat(value)),
  tan: (value = null) => Math.tan(pyFloat(value)),
  int: (value = 0n) => pyInt(value),
  float: (value = 0) => pyFloat(value),
}

const listOf = (given: Py[]): Py[] => (given.length === 1 && Array.isArray(given[0]) ? given[0] : given)

function inDomain(value: number): number {
  if (!Number.isFinite(value)) throw new PythonError('ValueError', 'math domain error')
  return value
}

/** To the even neighbour in the middle. */
function rounded(value: Py, digits: Py | undefined): Py {
  if (typeof value === 'bigint' || typeof value === 'boolean') return pyInt(value)
  const scale = digits === undefined ? 1 : 10 ** Number(pyInt(digits))
  const scaled = pyFloat(value) * scale
  const below = Math.floor(scaled)
  const isHalf = scaled - below === 0.5
  const whole = isHalf ? below + (below % 2 === 0 ? 0 : 1) : Math.round(scaled)
  return digits === undefined ? BigInt(whole) : whole / scale
}
