import type { Value } from '../execute/value.ts'
import { pyBool, pyFloat, pyInt } from '../python/convert.ts'
import { evaluateExpression } from '../python/expression.ts'
import { pyRepr, pyStr } from '../python/format.ts'
import { type Py, PythonError, typeName } from '../python/py.ts'
import type { OwnBehaviour } from './own-node.ts'
import type { NodeInputs } from './running-node.ts'

/** One of two inputs runs, the one that `switch` names. */
const lazySwitch: Pick<OwnBehaviour, 'checkLazyStatus' | 'run'> = {
  checkLazyStatus: (inputs) => [chosen(inputs)],
  run: (inputs) => ({ result: [inputs.value(chosen(inputs)) ?? null] }),
}

const chosen = (inputs: NodeInputs) => (inputs.truth('switch') ? 'on_true' : 'on_false')

/** Switches, numbers and what is computed of them (comfy_extras/nodes_logic.py, nodes_math.py, nodes_number_convert.py). */
export const logicBehaviours: readonly OwnBehaviour[] = [
  { classType: 'ComfySwitchNode', ...lazySwitch },
  { classType: 'LazySwitchKJ', ...lazySwitch },
  { classType: 'ComfyNotNode', run: (inputs) => ({ result: [!inputs.truth(inputs.names()[0] ?? '')] }) },
  { classType: 'ComfyAndNode', run: (inputs) => ({ result: [inputs.names().every((name) => inputs.truth(name))] }) },
  { classType: 'ComfyOrNode', run: (inputs) => ({ result: [inputs.names().some((name) => inputs.truth(name))] }) },
  {
    classType: 'CustomCombo',
    kwargs: true,
    acceptsAll: true,
    // Its options are the editor's.
    validateInputs: { parameters: ['choice'], optional: ['index'], kwargs: true, check: () => true },
    run: (inputs) => ({ result: [inputs.data('choice') ?? null, inputs.data('index') ?? 0n] }),
  },
  { classType: 'ComfyMathExpression', run: (inputs) => ({ result: numbersOf(inputs) }) },
  { classType: 'ComfyNumberConvert', run: (inputs) => ({ result: converted(inputs.value('value')) }) },
  { classType: 'ResolutionSelector', run: (inputs) => ({ result: resolution(inputs) }) },
]

/** The expression's value as a float, an int and a truth. */
function numbersOf(inputs: NodeInputs): Py[] {
  const expression = inputs.text('expression')
  if (expression.trim() === '') throw new PythonError('ValueError', 'Expression cannot be empty.')
  const given = inputs.names().flatMap((name): Array<[string, Py]> => {
    const [parameter, letter] = name.split('.')
    const value = inputs.data(name)
    return parameter === 'values' && letter !== undefined && value !== undefined ? [[letter, value]] : []
  })
  const names = new Map<string, Py>([...given, ['values', given.map(([, value]) => value)]])
  const value = evaluateExpression(expression, names)
  if (value === null || typeof value === 'object' || typeof value === 'string') {
    const message = `Math Expression '${expression}' must evaluate to a numeric result, got ${typeName(value)}: ${pyRepr(value)}`
    throw new PythonError('ValueError', message)
  }
  return [pyFloat(value), pyInt(value), pyBool(value)]
}

function converted(value: Value | undefined): Py[] {
  const given = value?.kind === 'data' ? value.data : null
  if (typeof given === 'string') {
    const text = given.trim()
    if (text === '') throw new PythonError('ValueError', 'Cannot convert empty string to number.')
    const float = floatOrNull(text)
    if (float === null) throw new PythonError('ValueError', `Cannot convert string to number: ${pyRepr(given)}`)
    return [float, /^[+-]?\d+$/.test(text) ? pyInt(text) : pyInt(float)]
  }
  if (given === null || typeof given === 'object') {
    throw new PythonError('TypeError', `Unsupported input type: ${typeName(given)}`)
  }
  return [pyFloat(given), pyInt(given)]
}

function floatOrNull(text: string): number | null {
  try {
    return pyFloat(text)
  } catch (error) {
    if (error instanceof PythonError) return null
    throw error
  }
}

/** Sides in a proportion, of about so many times 1024 × 1024 pixels, to the nearest multiple. */
function resolution(inputs: NodeInputs): Py[] {
  const [, x = '1', y = '1'] = /^(\d+):(\d+)/.exec(pyStr(inputs.data('aspect_ratio') ?? '')) ?? []
  const multiple = inputs.number('multiple', 8)
  const scale = Math.sqrt((inputs.number('megapixels', 1) * 1024 * 1024) / (Number(x) * Number(y)))
  return [Number(x), Number(y)].map((side) => BigInt(Math.max(1, nearestEven((side * scale) / multiple)) * multiple))
}

/** Python's `round`. */
function nearestEven(value: number): number {
  const below = Math.floor(value)
  return value - below === 0.5 ? below + (below % 2) : Math.round(value)
}
