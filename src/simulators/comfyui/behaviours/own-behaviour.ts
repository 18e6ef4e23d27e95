import type { ClassKnowledge } from '../../../recording/comfyui-knowledge.ts'
import type { ClassTraits } from '../execute/node-runner.ts'
import type { FileStore } from '../files/file-store.ts'
import type { Py, PythonError } from '../python/py.ts'
import type { NodeBehaviour } from './node-behaviour.ts'
import type { RunningNode } from './running-node.ts'

/** A behaviour of this program: what everybody's may do, and what only it may know. */
export interface OwnBehaviour extends NodeBehaviour<OwnNode> {
  /** What its code says to a value of a combo that is none of the options. */
  readonly refuses?: Readonly<Record<string, (value: Py) => PythonError>>
}

export interface OwnNode extends RunningNode {
  readonly files: FileStore
  readonly traits: ClassTraits
  /** undefined: the class was never seen executing. */
  readonly knowledge: ClassKnowledge | undefined
  /** Five letters that stay with the node as long as prompts contain it. */
  instanceLetters(): string
  /** Texts for the file's metadata: `prompt` and each key of `extra_pnginfo`. */
  metadata(): Record<string, string>
}
