import type { Py } from '../python/py.ts'
import type { NodeInputs, NodeReturn, NodeServer, ProgressTick, PyLike, RunningNode } from './running-node.ts'

/**
 * What the Python code of a node class does, as far as a client can see it. Names are ComfyUI's. Nothing is needed but
 * `classType`: what is left out follows from the class's entry in `GET /object_info` and from recordings.
 */
export interface NodeBehaviour<Node extends RunningNode = RunningNode> {
  /** As prompts name the class. */
  readonly classType: string

  /** INPUT_TYPES: with it the class is declared here, for a server whose `object_info` does not list it or lists another. */
  readonly inputTypes?: InputTypes
  /** RETURN_TYPES of a class that is declared here. */
  readonly returnTypes?: readonly string[]
  /** RETURN_NAMES; absent: the types. */
  readonly returnNames?: readonly string[]
  /** OUTPUT_IS_LIST; absent: no output is a list. */
  readonly outputIsList?: readonly boolean[]
  /** OUTPUT_NODE */
  readonly outputNode?: boolean

  /** INPUT_IS_LIST: it runs once, with whole lists. */
  readonly inputIsList?: boolean
  /** Its function is a coroutine: other nodes run while it waits. */
  readonly isAsync?: boolean
  /** How many of its coroutines a semaphore lets run at a time. */
  readonly semaphore?: number
  /** Its function as Python names it in errors about arguments: `SaveImage.save_images`. */
  readonly functionName?: string
  /** Parameters without a default, in order. Absent: the required inputs. */
  readonly parameters?: readonly string[]
  /** The function has `**kwargs`, and takes links to inputs that the class does not declare. */
  readonly kwargs?: boolean

  /** VALIDATE_INPUTS (V1) or validate_inputs (V3). */
  readonly validateInputs?: ValidateInputs
  /** How the types of its sockets compare, by input name or number of the output; `*` stands for all others. */
  readonly socketTypes?: Readonly<Record<string, SocketType>>
  /**
   * IS_CHANGED or fingerprint_inputs: the node runs again when the result is another than last time. Linked inputs are null.
   * An exception, or NaN, makes it run every time.
   */
  readonly isChanged?: (inputs: ReadonlyMap<string, Py>, server: NodeServer) => PyLike
  /** check_lazy_status: names of lazy inputs that this call needs and does not have yet. */
  readonly checkLazyStatus?: (inputs: NodeInputs) => readonly string[]
  /** What one call reports while it runs. Ticks without a time are spread over the recorded steps. */
  readonly progress?: (inputs: NodeInputs, node: Node) => readonly ProgressTick[]
  /** How long one call takes where its inputs say it; else as recorded. */
  readonly durationMs?: (inputs: NodeInputs) => number
  /** FUNCTION: runs when the call's time is over. What it throws is the node's exception. Absent: results by type. */
  readonly run?: (inputs: NodeInputs, node: Node) => NodeReturn
}

/** Gives a behaviour its types: `defineBehaviour({ classType: 'Invert', run: (inputs) => ({ result: […] }) })`. */
export const defineBehaviour = (behaviour: NodeBehaviour): NodeBehaviour => behaviour

/** Input → `[type, options]` or `[options of a combo]`, as INPUT_TYPES gives it; hidden input → its kind. */
export interface InputTypes {
  readonly required?: Readonly<Record<string, InputType>>
  readonly optional?: Readonly<Record<string, InputType>>
  readonly hidden?: Readonly<Record<string, string>>
}

/** In the options of a FLOAT all numbers are floats; elsewhere whole numbers are ints. */
export type InputType = readonly [type: string | readonly string[], options?: Readonly<Record<string, unknown>>]

/** A class's own check. It runs for inputs that are given, also when the server has found errors already. */
export interface ValidateInputs {
  /** As Python names it in errors about arguments; absent: `<class>.VALIDATE_INPUTS`. */
  readonly functionName?: string
  /** It is no class method, and so has no parameter `cls`. */
  readonly isStatic?: boolean
  /** Parameters without a default. Range and options of inputs that are named here are left to it. */
  readonly parameters?: readonly string[]
  /** Parameters with a default. */
  readonly optional?: readonly string[]
  /** It takes `**kwargs`: every supplied input is passed, and none is checked by the server. */
  readonly kwargs?: boolean
  /**
   * `true`: fine. Anything else fails every passed input with it, `false` without words. Linked inputs are null. What it
   * throws is the exception of the check.
   */
  readonly check: (inputs: ReadonlyMap<string, Py>, facts: ValidateFacts) => Py
}

export interface ValidateFacts {
  /** Whether `"name [output]"` leads to a file or directory of the server (folder_paths.exists_annotated_filepath). */
  readonly fileExists: (annotatedName: string) => boolean
  /** `input_types`: types of the linked inputs, as far as their links could be followed. */
  readonly inputTypes: ReadonlyMap<string, LinkType>
  /** Types that the class's inputs declare. */
  readonly declared: (input: string) => LinkType | undefined
}

/** The type of a socket. */
export interface LinkType {
  /** A type name, or the options of an old combo. */
  readonly type: Py
  /** `type.__ne__(other)`, where the name is no ordinary str. */
  readonly notEqual?: NotEqual
}

/** Whether a type differs from another: Python's `!=`. */
export type NotEqual = (type: Py, other: Py) => boolean

/** `str` is an ordinary text, `any` one of ComfyUI's own whose `*` equals everything, a function a str with its own `__ne__`. */
export type SocketType = 'str' | 'any' | NotEqual
