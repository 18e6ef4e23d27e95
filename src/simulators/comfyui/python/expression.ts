import { calculate } from './arithmetic.ts'
import { pyBool } from './convert.ts'
import { MATH_FUNCTIONS } from './math-functions.ts'
import { pyEquals, pyGreater, pyLess } from './operators.ts'
import { type Py, PythonError } from './py.ts'

type Names = ReadonlyMap<string, Py>
type Evaluate = (names: Names) => Py

/** An arithmetic expression of Python as the simpleeval library evaluates it. Throws a PythonError where that raises. */
export function evaluateExpression(text: string, names: Names): Py {
  return new Parser(text).expression()(names)
}

const TOKEN = /\s*(?:(\d+\.?\d*(?:e[+-]?\d+)?|\.\d+(?:e[+-]?\d+)?)|([A-Za-z_]\w*)|(\*\*|\/\/|[<>=!]=|[-+*/%()<>,]))/iy

class Parser {
  private readonly text: string
  private readonly tokens: string[]
  private at = 0

  constructor(text: string) {
    this.text = text
    this.tokens = tokensOf(text)
  }

  expression(): Evaluate {
    const whole = this.conditional()
    if (this.at < this.tokens.length) throw syntaxError()
    return whole
  }

  private conditional(): Evaluate {
    const yes = this.either()
    if (!this.take('if')) return yes
    const test = this.either()
    if (!this.take('else')) throw syntaxError()
    const no = this.conditional()
    return (names) => (pyBool(test(names)) ? yes(names) : no(names))
  }

  private either(): Evaluate {
    const first = this.both()
    if (!this.take('or')) return first
    const second = this.either()
    return (names) => {
      const value = first(names)
      return pyBool(value) ? value : second(names)
    }
  }

  private both(): Evaluate {
    const first = this.negation()
    if (!this.take('and')) return first
    const second = this.both()
    return (names) => {
      const value = first(names)
      return pyBool(value) ? second(names) : value
    }
  }

  private negation(): Evaluate {
    if (!this.take('not')) return this.comparison()
    const value = this.negation()
    return (names) => !pyBool(value(names))
  }

  /** `a < b < c` holds when both hold. */
  private comparison(): Evaluate {
    const parts = [this.sum()]
    const tests: Array<(a: Py, b: Py) => boolean> = []
    for (let test = COMPARISONS[this.next ?? '']; test; test = COMPARISONS[this.next ?? '']) {
      this.at += 1
      tests.push(test)
      parts.push(this.sum())
    }
    if (tests.length === 0) return parts[0]!
    return (names) => {
      const values = parts.map((part) => part(names))
      return tests.every((test, index) => test(values[index]!, values[index + 1]!))
    }
  }

  private sum(): Evaluate {
    return this.leftToRight(['+', '-'], () => this.product())
  }

  private product(): Evaluate {
    return this.leftToRight(['*', '/', '//', '%'], () => this.signed())
  }

  private leftToRight(operators: readonly string[], operand: () => Evaluate): Evaluate {
    let left = operand()
    while (operators.includes(this.next ?? '')) {
      const operator = this.tokens[this.at++]!
      const [before, right] = [left, operand()]
      left = (names) => calculate(operator, before(names), right(names))
    }
    return left
  }

  private signed(): Evaluate {
    if (this.take('-')) {
      const value = this.signed()
      return (names) => calculate('-', 0n, value(names))
    }
    return this.take('+') ? this.signed() : this.power()
  }

  private power(): Evaluate {
    const base = this.atom()
    if (!this.take('**')) return base
    const exponent = this.signed()
    return (names) => calculate('**', base(names), exponent(names))
  }

  private atom(): Evaluate {
    const token = this.tokens[this.at++]
    if (token === undefined) throw syntaxError()
    if (token === '(') {
      const inner = this.conditional()
      if (!this.take(')')) throw syntaxError()
      return inner
    }
    if (/^[.\d]/.test(token)) {
      const value: Py = /^\d+$/.test(token) ? BigInt(token) : Number(token)
      return () => value
    }
    if (!/^[A-Za-z_]/.test(token) || KEYWORDS.has(token)) throw syntaxError()
    return this.take('(') ? this.call(token) : (names) => this.valueOf(token, names)
  }

  private call(name: string): Evaluate {
    const parts: Evaluate[] = []
    while (!this.take(')')) {
      parts.push(this.conditional())
      if (this.next !== ')' && !this.take(',')) throw syntaxError()
    }
    return (names) => {
      const known = Object.hasOwn(MATH_FUNCTIONS, name) ? MATH_FUNCTIONS[name] : undefined
      if (known) return known(...parts.map((part) => part(names)))
      const message = `Function '${name}' not defined, for expression '${this.text}'.`
      throw new PythonError('simpleeval.FunctionNotDefined', message)
    }
  }

  private valueOf(name: string, names: Names): Py {
    const value = names.get(name) ?? CONSTANTS[name]
    if (value !== undefined) return value
    throw new PythonError('simpleeval.NameNotDefined', `'${name}' is not defined for expression '${this.text}'`)
  }

  private get next(): string | undefined {
    return this.tokens[this.at]
  }

  private take(token: string): boolean {
    if (this.next !== token) return false
    this.at += 1
    return true
  }
}

const KEYWORDS = new Set(['if', 'else', 'and', 'or', 'not', 'in', 'is', 'lambda', 'for'])
const CONSTANTS: Readonly<Record<string, Py>> = { True: true, False: false }

const COMPARISONS: Readonly<Record<string, (a: Py, b: Py) => boolean>> = {
  '==': pyEquals,
  '!=': (a, b) => !pyEquals(a, b),
  '<': pyLess,
  '>': pyGreater,
  '<=': (a, b) => pyLess(a, b) || pyEquals(a, b),
  '>=': (a, b) => pyGreater(a, b) || pyEquals(a, b),
}

function tokensOf(text: string): string[] {
  const tokens: string[] = []
  const source = text.trimEnd()
  TOKEN.lastIndex = 0
  let at = 0
  while (at < source.length) {
    TOKEN.lastIndex = at
    const found = TOKEN.exec(source)
    if (!found) throw syntaxError()
    tokens.push(found[1] ?? found[2] ?? found[3] ?? '')
    at = TOKEN.lastIndex
  }
  return tokens
}

const syntaxError = () => new PythonError('SyntaxError', 'invalid syntax (<unknown>, line 1)')
