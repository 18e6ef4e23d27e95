import type { LinkType } from '../behaviours/node-behaviour.ts'
import { pyStr } from '../python/format.ts'
import { pyContains, pyItem } from '../python/operators.ts'
import { isDict, type Py, PythonError } from '../python/py.ts'
import type { Rules } from '../rules.ts'
import { checkRange, convertConstant } from './check-constant.ts'
import { type FindClass, type InputSpec, type NodeClass, typesMatch } from './node-class.ts'
import {
  badLinkedInput,
  dependencyCycle,
  exceptionInSource,
  type NodeError,
  requiredInputMissing,
  returnTypeMismatch,
} from './node-error.ts'
import { runOwnCheck, takesInput, takesInputTypes } from './own-check.ts'

/** Deeper chains of nodes end in RecursionError: Python's limit of 1000 frames less what the server's call stack uses. */
const MAX_DEPTH = 950

/** What is known of a node: whether it may run, and its own errors (none when only a source is invalid). */
export interface NodeVerdict {
  readonly valid: boolean
  readonly errors: readonly NodeError[]
}

export interface NodeCheck {
  readonly prompt: Py
  readonly findClass: FindClass
  readonly fileExists: (annotatedName: string) => boolean
  readonly rules: Rules
  /** Verdicts in the order in which they were first reached: sources before consumers. */
  readonly verdicts: Map<Py, NodeVerdict>
  /** Nodes whose check has begun and not ended: a link to one of them is a cycle. */
  readonly open: Set<Py>
}

/**
 * Checks a node and, depth first, all it is linked to (execution.py, validate_inputs). Converts its constants in place.
 * Throws a PythonError where the server raises; the caller stores that.
 */
export function checkNode(check: NodeCheck, id: Py): NodeVerdict {
  const known = check.verdicts.get(id)
  if (known) return known
  if (check.open.size >= MAX_DEPTH) {
    throw new PythonError('RecursionError', 'maximum recursion depth exceeded while calling a Python object')
  }
  check.open.add(id)
  try {
    const verdict = new NodeVisit(check, id).verdict()
    check.verdicts.set(id, verdict)
    return verdict
  } finally {
    check.open.delete(id)
  }
}

class NodeVisit {
  private readonly check: NodeCheck
  private readonly id: Py
  private readonly inputs: Py
  private readonly node: NodeClass
  private readonly specs: ReadonlyMap<string, InputSpec>
  private readonly inputTypes = new Map<string, LinkType>()
  private readonly errors: NodeError[] = []
  private valid = true

  constructor(check: NodeCheck, id: Py) {
    this.check = check
    this.id = id
    const entry = pyItem(check.prompt, id)
    this.inputs = pyItem(entry, 'inputs')
    this.node = classOf(check, entry)
    this.specs = this.node.inputsOf(this.inputs)
  }

  verdict(): NodeVerdict {
    for (const spec of this.specs.values()) this.visitInput(spec)
    const own = this.node.behaviour.validateInputs
    if (own) {
      const { fileExists } = this.check
      const { inputs, inputTypes, specs } = this
      this.errors.push(...runOwnCheck(this.node, own, { inputs, inputTypes, specs, fileExists }))
    }
    // A circle that leads through this node has left its error on it.
    const cycle = this.check.verdicts.get(this.id)?.errors ?? []
    const errors = [...cycle, ...this.errors]
    return { valid: this.valid && errors.length === 0, errors }
  }

  private visitInput(spec: InputSpec): void {
    if (!pyContains(this.inputs, spec.name)) {
      if (spec.required) this.errors.push(requiredInputMissing(spec.name, this.node.v3))
      return
    }
    const value = pyItem(this.inputs, spec.name)
    const error = Array.isArray(value) ? this.visitLink(spec, value) : this.visitConstant(spec, value)
    if (error) this.errors.push(error)
  }

  private visitLink(spec: InputSpec, link: Py[]): NodeError | undefined {
    const [source = null, slot = null] = link
    if (link.length !== 2) return badLinkedInput(spec, link)
    const received = outputType(classOf(this.check, pyItem(this.check.prompt, source)), slot)
    this.inputTypes.set(spec.name, received)
    const own = this.node.behaviour.validateInputs
    const leftToCheck = own !== undefined && takesInputTypes(own)
    if (!leftToCheck && !typesMatch(received, spec.type, this.check.rules))
      return returnTypeMismatch(spec, received.type, link)
    if (!this.sourceIsValid(spec, source, link)) this.valid = false
    return undefined
  }

  /**
   * A server that does not know circles recurses through a cycle until Python's stack ends; the exception that leaves on a node of the cycle is
   * overwritten on the way out. What stays is that no node of the cycle is valid.
   */
  private sourceIsValid(spec: InputSpec, source: Py, link: Py): boolean {
    if (this.check.open.has(source)) {
      if (this.check.rules.dependencyCycle) markCycle(this.check, source)
      return false
    }
    try {
      return checkNode(this.check, source).valid
    } catch (error) {
      if (!(error instanceof PythonError)) throw error
      this.check.verdicts.set(source, { valid: false, errors: [exceptionInSource(spec, error, link)] })
      return false
    }
  }

  private visitConstant(spec: InputSpec, given: Py): NodeError | undefined {
    const { value, error } = convertConstant(spec, given)
    if (isDict(this.inputs) && value !== given) this.inputs.set(spec.name, value)
    if (error) return error
    const own = this.node.behaviour.validateInputs
    return own && takesInput(own, spec.name) ? undefined : checkRange(spec, value, this.check.rules)
  }
}

/** Every node of a circle gets the error, the one that was reached again in front and at the end. */
function markCycle(check: NodeCheck, again: Py): void {
  if (check.verdicts.has(again)) return
  const open = [...check.open]
  const ring = open.slice(open.indexOf(again))
  const path = [...ring, again].map((id) => `${pyStr(id)} (${pyStr(pyItem(pyItem(check.prompt, id), 'class_type'))})`)
  for (const id of ring) {
    check.verdicts.set(id, { valid: false, errors: [dependencyCycle(id, ring, path.join(' -> '))] })
  }
}

/** The class of a node that the prompt-level check has seen: it exists. */
function classOf(check: NodeCheck, entry: Py): NodeClass {
  const name = pyItem(entry, 'class_type')
  const found = typeof name === 'string' ? check.findClass(name) : undefined
  if (!found) throw new PythonError('KeyError', `'${String(name)}'`)
  return found
}

/** `RETURN_TYPES[slot]`, a tuple for V1 classes and a list for V3 ones. */
function outputType(node: NodeClass, slot: Py): LinkType {
  const places = node.outputs.map((_, index) => BigInt(index))
  const place = pyItem(places, slot, node.v3 ? 'list' : 'tuple')
  return node.outputs[Number(place)]!
}
