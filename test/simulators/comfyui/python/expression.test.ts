import { expect, it } from 'vitest'
import { evaluateExpression } from '../../../../src/simulators/comfyui/python/expression.ts'
import { pyRepr } from '../../../../src/simulators/comfyui/python/format.ts'
import { formatText } from '../../../../src/simulators/comfyui/python/format-text.ts'
import { type Py, PythonError } from '../../../../src/simulators/comfyui/python/py.ts'

const names = new Map<string, Py>([
  ['a', 7n],
  ['b', 2.5],
  ['values', [7n, 2.5]],
])

// Every value is what Python 3.13 prints.
it.each([
  ['a*b+1', '18.5'],
  ['a*2', '14'],
  ['a/2', '3.5'],
  ['a//2', '3'],
  ['-a//2', '-4'],
  ['-a%3', '2'],
  ['a%-3', '-2'],
  ['7.5//-2', '-4.0'],
  ['2**10', '1024'],
  ['2**-1', '0.5'],
  ['-2**2', '-4'],
  ['2**3**2', '512'],
  ['(1+2)*3 - 4', '5'],
  ['a > b', 'True'],
  ['1 < 2 < 3', 'True'],
  ['3 >= 3 != 4', 'True'],
  ['not a', 'False'],
  ['0 or b', '2.5'],
  ['0 and b', '0'],
  ['a if b > 2 else 0', '7'],
  ['min(a, b)', '2.5'],
  ['max(values)', '7'],
  ['sum(values)', '9.5'],
  ['abs(-3)', '3'],
  ['round(2.5)', '2'],
  ['round(3.5)', '4'],
  ['round(2.345, 1)', '2.3'],
  ['ceil(b) + floor(b)', '5'],
  ['int(b) + float(1)', '3.0'],
  ['sqrt(16)', '4.0'],
  ['pow(a, 2)', '49'],
  ['log2(8)', '3.0'],
  ['True + 1', '2'],
  ['1e3', '1000.0'],
])('gives for %s what Python gives: %s', (expression, value) => {
  expect(pyRepr(evaluateExpression(expression, names))).toBe(value)
})

it.each([
  ['a***', 'SyntaxError', 'invalid syntax (<unknown>, line 1)'],
  ['a +', 'SyntaxError', 'invalid syntax (<unknown>, line 1)'],
  ['(a', 'SyntaxError', 'invalid syntax (<unknown>, line 1)'],
  ['a b', 'SyntaxError', 'invalid syntax (<unknown>, line 1)'],
  ['a $ b', 'SyntaxError', 'invalid syntax (<unknown>, line 1)'],
  ['a / 0', 'ZeroDivisionError', 'division by zero'],
  ['c + 1', 'simpleeval.NameNotDefined', "'c' is not defined for expression 'c + 1'"],
  ['exec(a)', 'simpleeval.FunctionNotDefined', "Function 'exec' not defined, for expression 'exec(a)'."],
  ['values + 1', 'TypeError', "unsupported operand type(s) for +: 'list' and 'int'"],
  ['sqrt(-1)', 'ValueError', 'math domain error'],
])('refuses %s with %s', (expression, type, message) => {
  const refuse = () => evaluateExpression(expression, names)
  expect(refuse).toThrow(new PythonError(type, message))
  expect(refuse).toThrow(expect.objectContaining({ type }))
})

it.each([
  ['{a}!', '7!'],
  ['{a}-{b}', '7-2.5'],
  ['{{{a}}}', '{7}'],
  ['{text!r}', "'x'"],
  ['{a:03}', '007'],
  ['{b:.2f}', '2.50'],
  ['{text:>3}|{text:<3}|{text:^3}', '  x|x  | x '],
  ['{text:*^5}', '**x**'],
  ['{a:+d}', '+7'],
  ['{big:,}', '1,234,567'],
])('fills in %s as Python does', (text, filled) => {
  const values = new Map<string, Py>([...names, ['text', 'x'], ['big', 1234567n]])
  expect(formatText(text, values)).toBe(filled)
})

it.each([
  ['{c}', 'KeyError', "'c'"],
  ['{a', 'ValueError', "expected '}' before end of string"],
  ['a}', 'ValueError', "Single '}' encountered in format string"],
  ['{}', 'IndexError', 'Replacement index 0 out of range for positional args tuple'],
])('refuses the text %s with %s', (text, type, message) => {
  expect(() => formatText(text, names)).toThrow(expect.objectContaining({ type, message }))
})
