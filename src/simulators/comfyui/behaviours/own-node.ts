import type { ClassKnowledge } from '../../../recording/comfyui-knowledge.ts'
import { type ByteSource, bytesOf, fromBytes } from '../../media/byte-source.ts'
import type { Clock } from '../../simulator.ts'
import type { ClassTraits, NodeCall } from '../execute/node-runner.ts'
import { sha256 } from '../files/file-content.ts'
import type { FileStore } from '../files/file-store.ts'
import { dumpJson } from '../python/format.ts'
import { isDict, type Py, type PyDict, type PythonError } from '../python/py.ts'
import type { Rules } from '../rules.ts'
import type { NodeBehaviour } from './node-behaviour.ts'
import { graphBuilder } from './node-return.ts'
import type { RecordedNode } from './recorded-node.ts'
import type { NodeServer, RunningNode } from './running-node.ts'
import { saveFiles } from './saved-files.ts'

/** A behaviour of this program: what everybody's may do, and what only it may know. */
export interface OwnBehaviour extends NodeBehaviour<OwnNode> {
  /** What its code says to a value of a combo that is none of the options. */
  readonly refuses?: Readonly<Record<string, (value: Py) => PythonError>>
  /** accept_all_inputs: it gets constants that it does not declare. */
  readonly acceptsAll?: boolean
}

export interface OwnNode extends RunningNode {
  readonly files: FileStore
  readonly traits: ClassTraits
  /** The node's inputs as the prompt has them. */
  readonly sent: PyDict
  /** undefined: the class was never seen executing. */
  readonly knowledge: ClassKnowledge | undefined
  /** What a recording shows of nodes like this one. */
  readonly recorded: RecordedNode
  readonly rules: Rules
  /** Says that the recording does not tell what the class gives here. */
  madeUp(): void
  /** Five letters that stay with the node as long as prompts contain it. */
  instanceLetters(): string
  /** Texts for the file's metadata: `prompt` and each key of `extra_pnginfo`. */
  metadata(): Record<string, string>
}

export interface NodeParts {
  readonly files: FileStore
  readonly clock: Clock
  readonly rules: Rules
}

/** One call of a node, as its behaviour sees it. */
export function ownNode(
  call: NodeCall,
  parts: NodeParts,
  facts: Pick<OwnNode, 'traits' | 'knowledge' | 'recorded' | 'instanceLetters' | 'madeUp'>,
): OwnNode {
  const { classType, promptId, nodeId, index, graph } = call
  let graphs = 0
  const node: OwnNode = {
    ...nodeServer(parts),
    ...facts,
    files: parts.files,
    rules: parts.rules,
    classType,
    promptId,
    nodeId,
    callIndex: index,
    dynprompt: graph,
    sent: graph.node(nodeId).inputs,
    metadata: () => metadataOf(call),
    save: (content, options) => saveFiles(node, content, options),
    graph: () => {
      graphs += 1
      return graphBuilder(nodeId, index, graphs - 1)
    },
  }
  return node
}

/** What a class's code may ask the server outside of a call. */
export function nodeServer({ files, clock }: Pick<NodeParts, 'files' | 'clock'>): NodeServer {
  return {
    now: () => clock.now(),
    open(annotatedName) {
      const file = files.find(annotatedName)
      if (!file) return null
      const { path, modified, content } = file
      return { path, modified, content, bytes: () => bytesOf(file.bytes), fingerprint: () => fingerprintOf(file.bytes) }
    },
  }
}

const fingerprints = new WeakMap<ByteSource, string>()

/** Where the bytes follow from a short text, that is hashed instead: only equality is ever asked, and a latent has 10 MB. */
function fingerprintOf(bytes: ByteSource): string {
  let known = fingerprints.get(bytes)
  if (known === undefined) {
    known = sha256(bytes.identity ? fromBytes(Buffer.from(bytes.identity())) : bytes)
    fingerprints.set(bytes, known)
  }
  return known
}

const promptTexts = new WeakMap<PyDict, string>()

/** Every file of a prompt carries the whole graph: its text is made once. */
function metadataOf({ graph, extraData }: NodeCall): Record<string, string> {
  const prompt = promptTexts.get(graph.original) ?? dumpJson(graph.original)
  promptTexts.set(graph.original, prompt)
  const extra = extraData.get('extra_pnginfo')
  const texts = isDict(extra) ? Array.from(extra, ([key, value]): [string, string] => [key, dumpJson(value)]) : []
  return Object.fromEntries([['prompt', prompt], ...texts])
}
