import type { ClassKnowledge } from '../../../recording/comfyui-knowledge.ts'
import type { Clock } from '../../simulator.ts'
import type { ClassTraits, NodeResult, Tick } from '../execute/node-runner.ts'
import type { FileStore } from '../files/file-store.ts'
import type { Py, PyDict } from '../python/py.ts'
import type { CallInputs } from './call-inputs.ts'
import type { PythonFunction } from './python-function.ts'

/** What a class computes, as far as later nodes, files and messages show it. Everything is optional but `compute`. */
export interface ComputeBehaviour {
  /** Its function, where the table of known classes does not have it. */
  readonly python?: PythonFunction
  /** INPUT_IS_LIST */
  readonly inputIsList?: true
  /** Its function is a coroutine. */
  readonly isAsync?: true
  /** How many of its coroutines a semaphore lets run at a time. */
  readonly atOnce?: number
  /** IS_CHANGED or fingerprint_inputs for the constant inputs; throwing a PythonError makes it never match. */
  readonly fingerprint?: (constants: PyDict, facts: FingerprintFacts) => Py
  /** check_lazy_status */
  readonly lazy?: (inputs: CallInputs) => readonly string[]
  /** Progress ticks and texts of one call. Those without a time are spread over the recording's steps. */
  readonly ticks?: (inputs: CallInputs, facts: ComputeFacts) => readonly UntimedTick[]
  /** Duration in milliseconds where the class's own inputs say it; else the recording's. */
  readonly duration?: (inputs: CallInputs) => number
  /** Runs when the call's time is over. A PythonError is the node's exception. */
  readonly compute: (inputs: CallInputs, facts: ComputeFacts) => NodeResult
}

export type UntimedTick = Omit<Tick, 'atMs'> & Partial<Pick<Tick, 'atMs'>>

export type ComputeBehaviours = ReadonlyMap<string, ComputeBehaviour>

export interface FingerprintFacts {
  readonly files: FileStore
  readonly clock: Clock
}

export interface ComputeFacts extends FingerprintFacts {
  readonly traits: ClassTraits
  /** undefined: the class was never seen executing. */
  readonly knowledge: ClassKnowledge | undefined
  /** Five letters that stay with the node as long as prompts contain it. */
  readonly instanceLetters: () => string
  /** Texts for the file's metadata: `prompt` and each key of `extra_pnginfo`. */
  readonly metadata: () => Record<string, string>
}
