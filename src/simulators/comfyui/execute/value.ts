import type { Colour } from '../../media/colour.ts'
import type { ImageSequence } from '../../media/image-sequence.ts'
import { pyStr } from '../python/format.ts'
import type { Py } from '../python/py.ts'

/** What flows over a link: plain Python data as it is, everything else by the facts that later nodes and files need. */
export type Value =
  | { readonly kind: 'data'; readonly data: Py }
  | { readonly kind: 'images'; readonly images: ImageSequence }
  /** `level` is the flat value, 0…1. */
  | {
      readonly kind: 'mask'
      readonly width: number
      readonly height: number
      readonly count: number
      readonly level: number
    }
  /** `shape` as the tensor's (`[batch, channels, frames, height, width]`, or without frames); `images` is what it decodes to. */
  | { readonly kind: 'latent'; readonly shape: readonly number[]; readonly images: ImageSequence }
  | { readonly kind: 'video'; readonly images: ImageSequence; readonly fps: number }
  /**
   * A model, a text encoder, conditioning …: what its pictures' colour comes from, the latent shape that it is made for, and
   * whatever a behaviour keeps in it.
   */
  | {
      readonly kind: 'opaque'
      readonly type: string
      readonly colour?: Colour
      readonly shape?: readonly number[]
      readonly object?: unknown
    }
  /** comfy_execution.graph_utils.ExecutionBlocker: whoever gets it is not run. */
  | { readonly kind: 'blocker'; readonly message: string | null }

const KINDS = new Set<unknown>([
  'data',
  'images',
  'mask',
  'latent',
  'video',
  'opaque',
  'blocker',
] satisfies Value['kind'][])

/** Whether something is a value, and not data that is to become one. */
export function isValue(something: unknown): something is Value {
  return typeof something === 'object' && something !== null && 'kind' in something && KINDS.has(something.kind)
}

/** Plain Python data as a value. */
export const data = (value: Py): Value => ({ kind: 'data', data: value })

/** As `current_inputs` of an error shows a value: JSON's scalars as they are, anything else as `str(x)`. */
export function formatValue(value: Value): Py {
  if (value.kind !== 'data') return describe(value)
  return value.data === null || typeof value.data !== 'object' ? value.data : pyStr(value.data)
}

function describe(value: Exclude<Value, { kind: 'data' }>): string {
  switch (value.kind) {
    case 'images':
      return `tensor(${value.images.segments.reduce((sum, { frames }) => sum + frames, 0)}, ${value.images.height}, ${value.images.width}, 3)`
    case 'mask':
      return `tensor(${value.count}, ${value.height}, ${value.width})`
    case 'latent':
      return `{'samples': tensor(${value.shape.join(', ')})}`
    case 'video':
      return '<comfy_api.latest._input_impl.video_types.VideoFromComponents object>'
    case 'opaque':
      return `<${value.type} object>`
    case 'blocker':
      return '<comfy_execution.graph_utils.ExecutionBlocker object>'
    default:
      return value satisfies never
  }
}

/**
 * A tensor or other object among the constants of an expanded node: its graph is made in the server, not sent as JSON.
 * No such object equals another, so the node is never served from the cache.
 */
export class EmbeddedValue extends Map<string, Py> {
  readonly value: Value

  constructor(value: Value) {
    super()
    this.value = value
  }
}
