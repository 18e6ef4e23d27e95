import { pyStr } from '../python/format.ts'
import { formatText } from '../python/format-text.ts'
import { parseJson } from '../python/parse.ts'
import { isDict, type Py, PythonError } from '../python/py.ts'
import type { OwnBehaviour } from './own-node.ts'
import type { NodeInputs } from './running-node.ts'

const text = (classType: string, make: (inputs: NodeInputs) => Py): OwnBehaviour => ({
  classType,
  run: (inputs) => ({ result: [make(inputs)] }),
})

const own = (inputs: NodeInputs, name = 'string') => inputs.text(name)

/** Texts and what is asked of them (comfy_extras/nodes_string.py). */
export const textBehaviours: readonly OwnBehaviour[] = [
  text('StringConcatenate', (inputs) =>
    [own(inputs, 'string_a'), own(inputs, 'string_b')].join(own(inputs, 'delimiter')),
  ),
  text('StringFormat', (inputs) => formatText(own(inputs, 'f_string'), valuesIn(inputs))),
  text('StringSubstring', (inputs) =>
    cut([...own(inputs)], inputs.number('start', 0), inputs.number('end', 0)).join(''),
  ),
  text('StringLength', (inputs) => BigInt([...own(inputs)].length)),
  text('StringTrim', (inputs) => trimmed(own(inputs), inputs.text('mode'))),
  text('StringReplace', (inputs) => own(inputs).replaceAll(own(inputs, 'find'), () => own(inputs, 'replace'))),
  text('StringContains', (inputs) => {
    const [whole, part] = inCase(inputs, own(inputs), own(inputs, 'substring'))
    return whole.includes(part)
  }),
  text('StringCompare', (inputs) => {
    const [a, b] = inCase(inputs, own(inputs, 'string_a'), own(inputs, 'string_b'))
    const mode = inputs.text('mode')
    return mode === 'Starts With' ? a.startsWith(b) : mode === 'Ends With' ? a.endsWith(b) : a === b
  }),
  text('CaseConverter', (inputs) => cased(own(inputs), inputs.text('mode'))),
  text('JsonExtractString', (inputs) => memberText(own(inputs, 'json_string'), own(inputs, 'key'))),
  text('ConvertDictionaryToString', (inputs) => pyStr(inputs.data(inputs.names()[0] ?? '') ?? null)),
  text('ConvertArrayToString', (inputs) => pyStr(inputs.data(inputs.names()[0] ?? '') ?? null)),
  {
    classType: 'CurveEditor',
    run: (inputs) => {
      const curve = curveText(inputs.data('curve') ?? null)
      return { result: [curve ?? inputs.value('curve') ?? null] }
    },
  },
]

/** '' for what is no JSON, no object, not in it, or null. */
function memberText(json: string, key: string): string {
  try {
    const data = parseJson(json)
    const value = isDict(data) ? (data.get(key) ?? null) : null
    return value === null ? '' : pyStr(value)
  } catch (error) {
    if (error instanceof PythonError && error.type === 'json.decoder.JSONDecodeError') return ''
    throw error
  }
}

/** By the last part of their names: `values.a` is `a`. */
function valuesIn(inputs: NodeInputs): ReadonlyMap<string, Py> {
  const given = inputs.names().flatMap((name): Array<[string, Py]> => {
    const value = inputs.data(name)
    return name.startsWith('values.') && value !== undefined ? [[name.slice('values.'.length), value]] : []
  })
  return new Map(given)
}

/** Python's `text[start:end]`. */
function cut(characters: readonly string[], start: number, end: number): readonly string[] {
  return characters.slice(start, end)
}

function trimmed(whole: string, mode: string): string {
  if (mode === 'Left') return whole.trimStart()
  return mode === 'Right' ? whole.trimEnd() : whole.trim()
}

function inCase(inputs: NodeInputs, a: string, b: string): readonly [string, string] {
  return inputs.truth('case_sensitive') ? [a, b] : [a.toLowerCase(), b.toLowerCase()]
}

function cased(whole: string, mode: string): string {
  switch (mode) {
    case 'UPPERCASE':
      return whole.toUpperCase()
    case 'lowercase':
      return whole.toLowerCase()
    case 'Capitalize':
      return whole.charAt(0).toUpperCase() + whole.slice(1).toLowerCase()
    default:
      return whole.toLowerCase().replace(/\p{L}+/gu, (word) => word.charAt(0).toUpperCase() + word.slice(1))
  }
}

/** How Python shows the curve that the editor's points make; null for what is none. */
function curveText(curve: Py): string | null {
  const points = isDict(curve) ? curve.get('points') : curve
  if (!Array.isArray(points)) return null
  const kind = isDict(curve) && curve.get('interpolation') === 'linear' ? 'LinearCurve' : 'MonotoneCubicCurve'
  const shown = points.map((point) => (Array.isArray(point) ? `(${point.map(floatText).join(', ')})` : pyStr(point)))
  return `${kind}(points=[${shown.join(', ')}])`
}

const floatText = (value: Py): string => pyStr(typeof value === 'bigint' ? Number(value) : value)
