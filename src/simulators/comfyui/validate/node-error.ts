import { pyStr } from '../python/format.ts'
import { dict, type Py, type PyDict, type PythonError } from '../python/py.ts'
import type { InputSpec } from './node-class.ts'

/** An entry of a node's `errors`. Types, texts and key order: execution.py, validate_inputs. */
export type NodeError = PyDict

/** An error with its keys in the server's order. */
export function nodeError(type: string, message: string, details: string, extraInfo: PyDict): NodeError {
  return dict({ type, message, details, extra_info: extraInfo })
}

/** A required input that the prompt does not give. Of a V3 class's dotted names only the last part is told. */
export const requiredInputMissing = (input: string, isV3: boolean): NodeError =>
  nodeError(
    'required_input_missing',
    'Required input is missing',
    isV3 ? input.slice(input.lastIndexOf('.') + 1) : input,
    dict({ input_name: input }),
  )

/** Links that run in a circle; `path` shows it. */
export const dependencyCycle = (id: Py, ring: readonly Py[], path: string): NodeError =>
  nodeError('dependency_cycle', 'Dependency cycle detected', path, dict({ node_id: id, cycle_nodes: [...ring] }))

/** A list that is no link. */
export const badLinkedInput = (spec: InputSpec, value: Py): NodeError =>
  nodeError(
    'bad_linked_input',
    'Bad linked input, must be a length-2 list of [node_id, slot_index]',
    spec.name,
    withValue(spec, value),
  )

/** A link from an output of another type; `received` is that type. */
export const returnTypeMismatch = (spec: InputSpec, received: Py, link: Py): NodeError =>
  nodeError(
    'return_type_mismatch',
    'Return type mismatch between linked nodes',
    `${spec.name}, received_type(${pyStr(received)}) mismatch input_type(${pyStr(spec.type.type)})`,
    dict({ input_name: spec.name, input_config: spec.info, received_type: received, linked_node: link }),
  )

/** A node's own check refused an input; `result` is the reason, where it gave one. */
export const customValidationFailed = (input: string, result: string | undefined): NodeError =>
  nodeError(
    'custom_validation_failed',
    'Custom validation failed for node',
    result === undefined ? input : `${input} - ${result}`,
    dict({ input_name: input }),
  )

/** Validating the node that an input is linked to raised an exception. */
export const exceptionInSource = (spec: InputSpec, error: PythonError, link: Py): NodeError =>
  nodeError(
    'exception_during_inner_validation',
    'Exception when validating inner node',
    error.message,
    dict({
      input_name: spec.name,
      input_config: spec.info,
      exception_message: error.message,
      exception_type: error.type,
      traceback: [],
      linked_node: link,
    }),
  )

/** Validating an output node raised an exception. */
export const exceptionInOutput = (error: PythonError): NodeError =>
  nodeError(
    'exception_during_validation',
    'Exception when validating node',
    error.message,
    dict({ exception_type: error.type, traceback: [] }),
  )

/** The `extra_info` of an error that shows the value; `config` is the input's type and options. */
export const withValue = (spec: InputSpec, value: Py, config: Py = spec.info): PyDict =>
  dict({ input_name: spec.name, input_config: config, received_value: value })
