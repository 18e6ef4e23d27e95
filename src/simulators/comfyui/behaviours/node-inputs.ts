import { type Colour, colourOf } from '../../media/colour.ts'
import { frameCount } from '../../media/image-sequence.ts'
import type { NodeCall } from '../execute/node-runner.ts'
import { formatValue, type Value } from '../execute/value.ts'
import { pyBool } from '../python/convert.ts'
import { pyStr } from '../python/format.ts'
import { type Py, PythonError, typeName } from '../python/py.ts'
import type { NodeInputs } from './running-node.ts'

type Kind = Value['kind']
type Of<K extends Kind> = Extract<Value, { kind: K }>

/** One call's inputs by name and kind. */
export class CallInputs implements NodeInputs {
  readonly #call: NodeCall

  constructor(call: NodeCall) {
    this.#call = call
  }

  names(): string[] {
    return [...this.#call.inputs.keys()]
  }

  value(name: string): Value | undefined {
    return this.#call.inputs.get(name)
  }

  list(name: string): readonly Value[] {
    return this.#call.lists.get(name) ?? []
  }

  find<K extends Kind>(name: string, kind: K): Of<K> | null {
    const value = this.value(name)
    return value?.kind === kind ? (value as Of<K>) : null
  }

  /** Throws what Python says where something is expected that can be indexed, and something else is there. */
  get<K extends Kind>(name: string, kind: K): Of<K> {
    const found = this.find(name, kind)
    if (found) return found
    const given = this.value(name)
    // A dict has no first element.
    if (given && pythonType(given) === 'dict') throw new PythonError('KeyError', '0')
    throw new PythonError('TypeError', `'${given ? pythonType(given) : 'NoneType'}' object is not subscriptable`)
  }

  first<K extends Kind>(kind: K): Of<K> | null {
    return (this.#call.inputs.values().find((value) => value.kind === kind) as Of<K> | undefined) ?? null
  }

  data(name: string): Py | undefined {
    return this.find(name, 'data')?.data
  }

  number(name: string, otherwise: number): number {
    const value = this.data(name)
    return typeof value === 'bigint' || typeof value === 'number' ? Number(value) : otherwise
  }

  text(name: string, otherwise = ''): string {
    const value = this.data(name)
    return value === undefined || value === null ? otherwise : pyStr(value)
  }

  truth(name: string): boolean {
    const value = this.value(name)
    return value?.kind === 'data' ? pyBool(value.data) : value !== undefined
  }

  /** Follows from all inputs of the call, hidden ones excepted. */
  colour(): Colour {
    const hidden = (name: string) => name === 'prompt' || name === 'extra_pnginfo' || name === 'unique_id'
    const parts = Array.from(this.#call.inputs, ([name, value]) => (hidden(name) ? '' : traceOf(value)))
    return colourOf(this.#call.classType, ...parts)
  }

  /** width × height × frames of what the call works on; null when nothing has a size. */
  volume(): number | null {
    const images = (this.first('images') ?? this.first('latent') ?? this.first('video'))?.images
    if (images) return images.width * images.height * frameCount(images)
    const [width, height] = [this.number('width', 0), this.number('height', 0)]
    return width * height > 0 ? width * height * this.number('length', 1) : null
  }
}

/** `type(value).__name__` of what Python has where there is a value here. */
export function pythonType(value: Value): string {
  switch (value.kind) {
    case 'data':
      return typeName(value.data)
    case 'latent':
      return 'dict'
    case 'images':
    case 'mask':
      return 'Tensor'
    case 'video':
      return 'VideoFromComponents'
    case 'opaque':
      return value.type
    case 'blocker':
      return 'ExecutionBlocker'
    default:
      return value satisfies never
  }
}

function traceOf(value: Value): string {
  if (value.kind === 'opaque') return String(value.colour ?? 0)
  if ('images' in value) return value.images.segments.map(({ colour }) => colour).join()
  return pyStr(formatValue(value))
}
