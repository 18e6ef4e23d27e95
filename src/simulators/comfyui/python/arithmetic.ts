import { type Py, PythonError, typeName } from './py.ts'

/** `a <operator> b` of Python for numbers; an int stays one where Python keeps it. Throws a PythonError as Python does. */
export function calculate(operator: string, a: Py, b: Py): Py {
  if (!isNumber(a) || !isNumber(b)) {
    const types = `'${typeName(a)}' and '${typeName(b)}'`
    throw new PythonError('TypeError', `unsupported operand type(s) for ${operator}: ${types}`)
  }
  if ('/%'.includes(operator[0]!) && Number(b) === 0) throw new PythonError('ZeroDivisionError', 'division by zero')
  if (typeof a === 'number' || typeof b === 'number' || operator === '/')
    return withFloats(operator, Number(a), Number(b))
  return withIntegers(operator, BigInt(a), BigInt(b))
}

function withIntegers(operator: string, a: bigint, b: bigint): Py {
  switch (operator) {
    case '+':
      return a + b
    case '-':
      return a - b
    case '*':
      return a * b
    case '//':
      return (a - modulo(a, b)) / b
    case '%':
      return modulo(a, b)
    default:
      if (b < 0n) return Number(a) ** Number(b)
      if (b > MOST) {
        throw new PythonError('simpleeval.NumberTooHigh', `Sorry! I don't want to evaluate ${a} ** ${b}`)
      }
      return a ** b
  }
}

/** simpleeval's MAX_POWER. */
const MOST = 4_000_000n

/** Has the sign of the divisor. */
const modulo = (a: bigint, b: bigint): bigint => ((a % b) + b) % b

function withFloats(operator: string, a: number, b: number): number {
  switch (operator) {
    case '+':
      return a + b
    case '-':
      return a - b
    case '*':
      return a * b
    case '/':
      return a / b
    case '//':
      return Math.floor(a / b)
    case '%':
      return a - Math.floor(a / b) * b
    default:
      return a ** b
  }
}

const isNumber = (value: Py): value is bigint | number | boolean =>
  typeof value === 'bigint' || typeof value === 'number' || typeof value === 'boolean'
