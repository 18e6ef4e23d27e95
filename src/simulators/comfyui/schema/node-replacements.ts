import { linkOf } from '../execute/dynamic-prompt.ts'
import { pyItem, requireHashable } from '../python/operators.ts'
import { dict, isDict, type Py, type PyDict, PythonError, typeName } from '../python/py.ts'

type Mapped = readonly [newInput: string, from: { readonly old: string } | { readonly value: string }]

const old = (name: string) => ({ old: name })

/** What ComfyUI 0.29.0 replaces of itself (comfy_extras/nodes_replacements.py): old class → new class, its inputs, and outputs. */
const OWN: ReadonlyArray<readonly [from: string, to: string, inputs?: readonly Mapped[], widgets?: readonly string[]]> =
  [
    [
      'ResizeImagesByLongerEdge',
      'ImageScaleToMaxDimension',
      [
        ['image', old('images')],
        ['largest_size', old('longer_edge')],
        ['upscale_method', { value: 'lanczos' }],
      ],
      ['longer_edge'],
    ],
    [
      'ImageBatch',
      'BatchImagesNode',
      [
        ['images.image0', old('image1')],
        ['images.image1', old('image2')],
      ],
    ],
    [
      'ImageScaleBy',
      'ResizeImageMaskNode',
      [
        ['input', old('image')],
        ['resize_type', { value: 'scale by multiplier' }],
        ['resize_type.multiplier', old('scale_by')],
        ['scale_method', old('upscale_method')],
      ],
      ['upscale_method', 'scale_by'],
    ],
    ['T2IAdapterLoader', 'ControlNetLoader', [['control_net_name', old('t2i_adapter_name')]]],
    ['Load3DAnimation', 'Load3D'],
    ['Preview3DAnimation', 'Preview3D'],
    ['SDV_img2vid_Conditioning', 'SVD_img2vid_Conditioning'],
    ['ConditioningAverage ', 'ConditioningAverage'],
  ]

/** The answer of `GET /node_replacements` of a server without packs. */
export const OWN_REPLACEMENTS: PyDict = new Map(
  OWN.map(([from, to, inputs, widgets]) => [
    from,
    [
      dict({
        new_node_id: to,
        old_node_id: from,
        old_widget_ids: widgets ? [...widgets] : null,
        input_mapping: inputs?.map(mapping) ?? null,
        output_mapping: from === 'ResizeImagesByLongerEdge' ? [dict({ new_idx: 0n, old_idx: 0n })] : null,
      }),
    ],
  ]),
)

function mapping([input, from]: Mapped): Py {
  return dict('old' in from ? { new_id: input, old_id: from.old } : { new_id: input, set_value: from.value })
}

/**
 * Puts other classes in the place of those that the server has no more, before it looks at the prompt
 * (app/node_replace_manager.py). Changes it in place. Throws a PythonError where the server answers 500.
 */
export function replaceNodes(prompt: Py, replacements: PyDict, hasClass: (name: string) => boolean): void {
  const nodes = itemsOf(prompt).filter(([, node]) => isDict(node) && node.has('class_type') && node.has('inputs'))
  const missing = nodes.filter(([, node]) => {
    const name = pyItem(node, 'class_type')
    requireHashable(name)
    itemsOf(pyItem(node, 'inputs'))
    return typeof name === 'string' && !hasClass(name) && replacements.has(name)
  })
  for (const [id, node] of missing) {
    const replacement = pyItem(pyItem(replacements, pyItem(node, 'class_type')), 0n)
    const name = pyItem(replacement, 'new_node_id')
    if (!isDict(node) || !isDict(prompt) || typeof name !== 'string' || !hasClass(name)) continue
    const inputs = newInputs(node, pyItem(replacement, 'input_mapping'))
    prompt.set(id, new Map(node).set('class_type', name).set('inputs', inputs))
    relink(prompt, id, pyItem(replacement, 'output_mapping'))
  }
}

/** Without a mapping it has none. */
function newInputs(node: PyDict, mappings: Py): PyDict {
  const given = pyItem(node, 'inputs')
  const inputs: PyDict = new Map()
  for (const each of Array.isArray(mappings) ? mappings : []) {
    if (!isDict(each)) continue
    const name = String(each.get('new_id'))
    if (each.has('set_value')) inputs.set(name, each.get('set_value') ?? null)
    else if (each.has('old_id')) inputs.set(name, pyItem(given, each.get('old_id') ?? null))
  }
  return inputs
}

/** Links to an output that has another number now. */
function relink(prompt: PyDict, id: string, mappings: Py): void {
  for (const [, node] of prompt) {
    const inputs = isDict(node) ? node.get('inputs') : undefined
    for (const value of isDict(inputs) ? inputs.values() : []) {
      const link = linkOf(value)
      if (link?.node !== id || !Array.isArray(value)) continue
      const moved = (Array.isArray(mappings) ? mappings : []).find(
        (each) => isDict(each) && Number(each.get('old_idx')) === link.slot,
      )
      if (isDict(moved)) value[1] = moved.get('new_idx') ?? null
    }
  }
}

/** Python's `value.items()`. */
function itemsOf(value: Py): Array<[string, Py]> {
  if (isDict(value)) return [...value]
  throw new PythonError('AttributeError', `'${typeName(value)}' object has no attribute 'items'`)
}
