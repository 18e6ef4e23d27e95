import { pyBool } from '../python/convert.ts'
import { pyStr } from '../python/format.ts'
import { pyContains, pyItem, pyIterate, requireHashable } from '../python/operators.ts'
import { dict, isDict, type Py, type PyDict, PythonError, typeName } from '../python/py.ts'
import type { Rules } from '../rules.ts'
import { checkNode, type NodeCheck, type NodeVerdict } from './check-node.ts'
import type { FindClass } from './node-class.ts'
import { exceptionInOutput, type NodeError, nodeError } from './node-error.ts'

export interface PromptVerdict {
  /** Outputs that may run, in document order (the server: a set's order). Empty when `error` is there. */
  readonly outputs: Py[]
  readonly nodeErrors: PyDict
  /** Why the whole prompt is refused. */
  readonly error?: PyDict
}

export interface PromptFacts {
  readonly findClass: FindClass
  readonly fileExists: (annotatedName: string) => boolean
  readonly rules: Rules
  /** As `GET /node_replacements` lists them; left out: none. */
  readonly replacements?: PyDict | undefined
}

/**
 * The server's verdict on a graph (execution.py, validate_prompt). Constants of `prompt` are converted in place.
 * `targets` is `partial_execution_targets`, null for all outputs. Throws a PythonError where the server answers 500.
 */
export function checkPrompt(prompt: Py, targets: Py, facts: PromptFacts): PromptVerdict {
  const outputs: Py[] = []
  for (const id of pyIterate(prompt)) {
    const entry = pyItem(prompt, id)
    if (!pyContains(entry, 'class_type')) {
      return facts.rules.missingNodeType ? withoutClass(id, entry) : invalidPrompt(id)
    }
    const name = pyItem(entry, 'class_type')
    requireHashable(name)
    const node = typeof name === 'string' ? facts.findClass(name) : undefined
    if (!node) {
      return facts.rules.missingNodeType ? unknownClass(id, entry, name) : invalidPrompt(id, name)
    }
    if (node.isOutput && (targets === null || pyContains(targets, id))) outputs.push(id)
  }
  if (outputs.length === 0) return refuse('prompt_no_outputs', 'Prompt has no outputs', '')
  return checkOutputs(outputs, { prompt, ...facts, verdicts: new Map(), open: new Set() })
}

function checkOutputs(outputs: readonly Py[], check: NodeCheck): PromptVerdict {
  const good: Py[] = []
  const lines: string[] = []
  const nodeErrors: PyDict = new Map()
  for (const output of outputs) {
    const { valid, errors } = outputVerdict(check, output)
    if (valid) {
      good.push(output)
      continue
    }
    lines.push(
      ...errors.map((error) => `${pyStr(error.get('message') ?? null)}: ${pyStr(error.get('details') ?? null)}`),
    )
    chargeErrors(nodeErrors, check, output)
  }
  if (good.length > 0) return { outputs: good, nodeErrors }
  const message = 'Prompt outputs failed validation'
  return { ...refuse('prompt_outputs_failed_validation', message, lines.join('\n')), nodeErrors }
}

function outputVerdict(check: NodeCheck, output: Py): NodeVerdict {
  try {
    return checkNode(check, output)
  } catch (error) {
    if (!(error instanceof PythonError)) throw error
    const verdict = { valid: false, errors: [exceptionInOutput(error)] }
    check.verdicts.set(output, verdict)
    return verdict
  }
}

/**
 * Charges every error known so far to this output, also those that belong to an earlier one: the server scans all its
 * verdicts, so `dependent_outputs` says too much.
 */
function chargeErrors(nodeErrors: PyDict, check: NodeCheck, output: Py): void {
  for (const [id, { valid, errors }] of check.verdicts) {
    if (valid || errors.length === 0) continue
    const entry = nodeErrors.get(pyStr(id)) ?? newEntry(check, id, errors)
    nodeErrors.set(pyStr(id), entry)
    const dependents = pyItem(entry, 'dependent_outputs')
    if (Array.isArray(dependents)) dependents.push(output)
  }
}

const newEntry = (check: NodeCheck, id: Py, errors: readonly NodeError[]): PyDict =>
  dict({
    errors: [...errors],
    dependent_outputs: [],
    class_type: pyItem(pyItem(check.prompt, id), 'class_type'),
  })

const refuse = (type: string, message: string, details: string): PromptVerdict => ({
  outputs: [],
  nodeErrors: new Map(),
  error: nodeError(type, message, details, new Map()),
})

function invalidPrompt(id: Py, name?: Py): PromptVerdict {
  const why = name === undefined ? 'a node is missing the class_type property' : `node ${pyStr(name)} does not exist`
  return refuse('invalid_prompt', `Cannot execute because ${why}.`, idText(id))
}

function withoutClass(id: Py, entry: Py): PromptVerdict {
  const title = titleOf(entry, null)
  const who = pyBool(title) ? pyStr(title) : `ID #${pyStr(id)}`
  const message = `Node '${who}' has no class_type. The workflow may be corrupted or a custom node is missing.`
  return missingNodeType(message, id, null, title)
}

function unknownClass(id: Py, entry: Py, name: Py): PromptVerdict {
  const title = titleOf(entry, name)
  const message = `Node '${pyStr(title)}' not found. The custom node may not be installed.`
  return missingNodeType(message, id, name, title)
}

function missingNodeType(message: string, id: Py, name: Py, title: Py): PromptVerdict {
  const info = dict({ node_id: id, class_type: name, node_title: title })
  return { outputs: [], nodeErrors: new Map(), error: nodeError('missing_node_type', message, idText(id), info) }
}

/** `_meta.title`. Throws what Python raises where one of both is no dict. */
function titleOf(entry: Py, otherwise: Py): Py {
  const meta = isDict(entry) ? (entry.get('_meta') ?? (entry.has('_meta') ? null : new Map())) : entry
  if (isDict(meta)) return meta.get('title') ?? (meta.has('title') ? null : otherwise)
  throw new PythonError('AttributeError', `'${typeName(meta)}' object has no attribute 'get'`)
}

const idText = (id: Py): string => `Node ID '#${pyStr(id)}'`
