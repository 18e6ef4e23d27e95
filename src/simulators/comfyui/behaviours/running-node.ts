import type { Preview } from '../execute/node-runner.ts'
import type { Value } from '../execute/value.ts'
import type { FileContent } from '../files/file-content.ts'
import type { FileType } from '../files/folder-paths.ts'
import type { Py } from '../python/py.ts'

/** The inputs of one call. With INPUT_IS_LIST, `value` and what builds on it give the first of a list. */
export interface NodeInputs {
  /** Names of the inputs that the call gets, hidden ones included. A lazy input that is not there yet is None. */
  names(): readonly string[]
  value(name: string): Value | undefined
  /** INPUT_IS_LIST: the whole list. */
  list(name: string): readonly Value[]
  /** The value when it is of this kind, else null. */
  find<Kind extends Value['kind']>(name: string, kind: Kind): Extract<Value, { kind: Kind }> | null
  /** The same, and else the TypeError that Python raises. */
  get<Kind extends Value['kind']>(name: string, kind: Kind): Extract<Value, { kind: Kind }>
  /** The first input of a kind, whatever its name. */
  first<Kind extends Value['kind']>(kind: Kind): Extract<Value, { kind: Kind }> | null
  /** Plain Python data; undefined for anything else. */
  data(name: string): Py | undefined
  number(name: string, otherwise: number): number
  text(name: string, otherwise?: string): string
  /** Python's `bool(value)`. */
  truth(name: string): boolean
  /** A colour that follows from all inputs, for a picture that is made up. */
  colour(): number
}

/** What the server gives to the code of its nodes. */
export interface NodeServer {
  /** Epoch milliseconds. */
  now(): number
  /** The file that an annotated name (`"clip.mp4 [output]"`) leads to; null when there is none. */
  open(annotatedName: string): ServerFile | null
}

/** One call of a node. */
export interface RunningNode extends NodeServer {
  readonly classType: string
  readonly promptId: string
  /** `12`, or `12.0.0.3` inside an expansion. */
  readonly nodeId: string
  /** Which call it is, counted from 0, when a list makes the node run several times. */
  readonly callIndex: number
  /** DYNPROMPT: the graph as it runs. */
  readonly dynprompt: DynPrompt
  /** comfy_execution.graph_utils.GraphBuilder, for what the node expands to. */
  graph(): GraphBuilder
  /**
   * Writes files as ComfyUI's own nodes do (`<prefix>_00001_.png`) and gives their entries for `ui`: one for given bytes, a
   * film or a latent; one a frame for images.
   */
  save(content: Uint8Array | string | Value, options: SaveOptions): readonly SavedFile[]
}

export interface SaveOptions {
  /** `filename_prefix`, with folders. */
  readonly prefix: string
  /** Without a dot. Only for bytes and texts: images become png, films mp4, latents latent. */
  readonly extension?: string
  /** Default: `output`. */
  readonly type?: FileType
}

/** As `ui` and `/view` name a file. */
export type SavedFile = ReadonlyMap<string, string>

export interface ServerFile {
  /** Absolute path on the simulated server. */
  readonly path: string
  /** Epoch milliseconds. */
  readonly modified: number
  readonly content: FileContent
  bytes(): Uint8Array
  /** Another text for other content: what loaders of ComfyUI take the SHA-256 for. */
  fingerprint(): string
}

export interface DynPrompt {
  has(id: string): boolean
  /** Throws the server's NodeNotFoundError. */
  node(id: string): { readonly classType: string; readonly inputs: ReadonlyMap<string, Py> }
}

export interface GraphBuilder {
  /** Adds a node and returns it; `id` is its last part, counted on when it is left out. Inputs that are None are left out. */
  node(classType: string, inputs?: Readonly<Record<string, GraphInput>>, id?: string): ExpansionNode
  /** What the node returns as `expand`. */
  finalize(): ReadonlyMap<string, Py>
}

export interface ExpansionNode {
  readonly id: string
  /** A link to one of its outputs. */
  out(slot: number): GraphLink
  setInput(name: string, value: GraphInput): void
  setOverrideDisplayId(id: string): void
}

/** A link into the graph, as prompts have it: `[node id, slot]`. */
export type GraphLink = [node: string, slot: bigint]

/** A link, a value that the node got, or plain data. */
export type GraphInput = NodeOutput | undefined

/** What a node's function returns. */
export interface NodeReturn {
  /** One for each declared output: a value, or an array of them where the output is a list. With `expand`, links too. */
  readonly result?: ReadonlyArray<NodeOutput | readonly NodeOutput[]>
  /** What history and the socket show of it: a list for each key. */
  readonly ui?: Readonly<Record<string, readonly PyLike[]>>
  /** The graph that runs in its place: `graph.finalize()`. */
  readonly expand?: ReadonlyMap<string, Py>
}

/** A tensor, film, model …, or plain data. */
export type NodeOutput = Value | PyLike

/** Python data as JavaScript writes it. A number is a float: 3n is the int 3, and 3 is 3.0. An object is a dict. */
export type PyLike = Py | readonly PyLike[] | ReadonlyMap<string, Py> | { readonly [key: string]: PyLike }

/** A progress tick, preview or text of a running node. */
export interface ProgressTick {
  /** Counts from the call. */
  readonly atMs?: number
  /** `value` of `max`; ints are bigints. */
  readonly progress?: { readonly value: Py; readonly max: Py }
  readonly preview?: Preview
  /** send_progress_text: a line in the node, to everybody. */
  readonly text?: string
}
