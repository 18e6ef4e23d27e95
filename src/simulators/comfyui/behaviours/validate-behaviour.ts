import type { Py } from '../python/py.ts'
import type { LinkType, TypeFamily } from '../validate/link-type.ts'

/** What the server does with a class's inputs that its `object_info` entry does not tell. */
export interface ValidateBehaviour {
  /** The Python type of the class's type names, when it is not what `object_info` suggests (validate/link-type.ts). */
  readonly family?: TypeFamily
  /** Types that an input takes (by name) or an output gives (by slot) besides the one it declares. */
  readonly also?: Readonly<Record<string, readonly string[]>>
  readonly check?: OwnCheck
}

/** The class's own check: `VALIDATE_INPUTS` (V1) or an overridden `validate_inputs` (V3). */
export interface OwnCheck {
  /** As Python names the function in a TypeError; an inherited one carries the name of the class that has it. */
  readonly name: string
  /** It is no class method, and so has no parameter `cls`. */
  readonly isStatic?: true
  /** Parameters without a default. The server leaves inputs that are named here to the check. */
  readonly required: readonly string[]
  readonly optional?: readonly string[]
  /** It takes `**kwargs`: every supplied input is passed, and none is checked by the server. */
  readonly anyInput?: true
  /**
   * `true`: fine. Anything else fails every passed input with it, `false` without words. Throws a PythonError where the
   * check raises. Linked inputs are passed as null.
   */
  readonly run: (inputs: ReadonlyMap<string, Py>, facts: CheckFacts) => Py
}

export interface CheckFacts {
  /** Whether `"name [output]"` leads to a file or directory of the server (folder_paths.exists_annotated_filepath). */
  readonly fileExists: (annotatedName: string) => boolean
  /** Types of the linked inputs, as far as their links could be followed. */
  readonly inputTypes: ReadonlyMap<string, LinkType>
  /** Types that the class's inputs declare. */
  readonly declared: (input: string) => LinkType | undefined
}

export type ValidateBehaviours = ReadonlyMap<string, ValidateBehaviour>
