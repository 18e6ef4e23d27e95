import { nearest } from '../../../domain/wording.ts'
import { pyStr } from '../python/format.ts'
import { isDict, type Py, type PyDict } from '../python/py.ts'
import { optionsOf } from '../validate/check-constant.ts'
import type { InputSpec, NodeClass } from '../validate/node-class.ts'
import type { NodeError } from '../validate/node-error.ts'
import { type GraphProblem, type MissingPiece, plain } from './finding.ts'
import { label, type OfflineNode } from './graph.ts'
import { modelFolder } from './missing-place.ts'

/** The inputs that the class has for the node. */
type Specs = ReadonlyMap<string, InputSpec>

const MODEL_FILE = /\.(safetensors|gguf|ckpt|pth?|bin|sft|onnx)$/i

/** A node error of the server's in a person's words. */
export function describeError(error: NodeError, node: OfflineNode, nodeClass: NodeClass): GraphProblem[] {
  const specs = nodeClass.inputsOf(node.inputs)
  const info = error.get('extra_info')
  const facts: PyDict = isDict(info) ? info : new Map()
  const input = pyStr(facts.get('input_name') ?? '')
  const given = facts.get('received_value') ?? node.inputs.get(input)
  const problem = (
    words: string,
    hint?: string,
    value: Py | undefined = given,
    missing?: MissingPiece,
  ): GraphProblem[] => [
    {
      node,
      ...(input && { input }),
      message: `${label(node)}: ${words}`,
      ...(value !== undefined && { value: plain(value) }),
      ...(hint && { hint }),
      ...(missing && { missing }),
    },
  ]
  switch (error.get('type')) {
    case 'required_input_missing':
      return problem(`input "${input}" is missing`, missingHint(input, node, specs))
    case 'value_not_in_list':
      return problem(...listWords(input, given ?? null, nodeClass.name, specs))
    case 'value_smaller_than_min':
    case 'value_bigger_than_max':
      return problem(`input "${input}": ${lowered(error)}`, `give a value${rangeOf(input, specs)}`)
    case 'invalid_input_type':
      return problem(
        `input "${input}" is ${pyStr(given ?? null)}, which is no ${pyStr(typeOf(input, specs))}`,
        `give a ${typeOf(input, specs) === 'INT' ? 'whole number' : 'number'}${rangeOf(input, specs)}`,
      )
    case 'return_type_mismatch': {
      const received = pyStr(facts.get('received_type') ?? null)
      const words = `input "${input}" takes ${pyStr(typeOf(input, specs))} but is linked to an output of type ${received}`
      const hint = `link it to an output of type ${pyStr(typeOf(input, specs))}`
      return problem(words, hint, facts.get('linked_node'))
    }
    case 'bad_linked_input':
      return problem(
        `input "${input}" is an array but no link`,
        'a link is ["node id", output slot]; wrap a real array as {"__value__": […]}',
      )
    case 'custom_validation_failed':
      return problem(
        customWords(input, error),
        'upload the file first, or add " [output]" when it lies in the output folder',
      )
    default:
      return problem(
        `the server fails on it: ${pyStr(error.get('details') ?? null)}`,
        'check that it has all its inputs and that they have the right type',
      )
  }
}

function listWords(
  input: string,
  value: Py,
  className: string,
  specs: Specs,
): [words: string, hint: string, value: Py, missing?: MissingPiece] {
  const options = allowed(input, specs)
  const names = Array.isArray(options) ? options.map(pyStr) : []
  const text = pyStr(value)
  const found = nearest(text, names)
  const meant = found === null ? '' : `did you mean "${found}"? `
  if (!MODEL_FILE.test(text) && !names.some((name) => MODEL_FILE.test(name))) {
    return [`input "${input}" cannot be "${text}"`, `${meant}The server allows: ${listed(names)}`, value]
  }
  const kind = /lora/i.test(input) ? 'LoRA' : 'model'
  const place = modelFolder(className, input)
  const rest = names.length === 0 ? 'The server has none of this kind' : `The server has: ${listed(names)}`
  const words = `the server has no ${kind} "${text}" (input "${input}")`
  return [words, `${meant}${rest}`, value, { kind, name: text, place, nearest: found }]
}

function allowed(input: string, specs: Specs): Py | undefined {
  const spec = specs.get(input)
  return spec && optionsOf(spec)
}

const SHOWN = 8

function listed(names: readonly string[]): string {
  const more = names.length - SHOWN
  return `${names.slice(0, SHOWN).join(', ')}${more > 0 ? ` and ${more} more` : ''}`
}

function missingHint(input: string, node: OfflineNode, specs: Specs): string {
  const unknown = [...node.inputs.keys()].filter((name) => !specs.has(name))
  const meant = nearest(input, unknown)
  if (meant !== null) return `the class has no input "${meant}": did you mean "${input}"?`
  const standard = specs.get(input)?.options.get('default')
  if (standard !== undefined) return `add it; the class's default is ${pyStr(standard)}`
  const options = allowed(input, specs)
  if (Array.isArray(options)) return `add it; the server allows: ${listed(options.map(pyStr))}`
  return `add it: a value or a link to an output of type ${pyStr(typeOf(input, specs))}`
}

function rangeOf(input: string, specs: Specs): string {
  const options = specs.get(input)?.options
  const [min, max] = [options?.get('min'), options?.get('max')]
  return `${min === undefined ? '' : ` from ${pyStr(min)}`}${max === undefined ? '' : ` up to ${pyStr(max)}`}`
}

function typeOf(input: string, specs: Specs): Py {
  const type = specs.get(input)?.type.type ?? null
  return Array.isArray(type) ? 'one of a list' : type
}

/** The server writes `<input> - <what the class said>`, or the input alone. */
function customWords(input: string, error: NodeError): string {
  const said = pyStr(error.get('details') ?? null).slice(input.length + ' - '.length)
  return `input "${input}": ${said || 'the class does not accept it'}`
}

/** The server's sentence, to go on after a colon. */
function lowered(error: NodeError): string {
  const text = pyStr(error.get('message') ?? null)
  return text.charAt(0).toLowerCase() + text.slice(1)
}
