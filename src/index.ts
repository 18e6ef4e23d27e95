export type { ServerInput } from './config/parse-servers.ts'
export { type Config, defineConfig } from './config/setting-table.ts'
export type { Graph, GraphNode, InputValue, Link } from './domain/graph.ts'
export { type ErrorCode, errorCodes, type Problem, PromptRunnerError } from './errors.ts'
export type { HostTable } from './network/safety/host-table.ts'
export {
  defineBehaviour,
  type InputType,
  type InputTypes,
  type LinkType,
  type NodeBehaviour,
  type NotEqual,
  type SocketType,
  type ValidateFacts,
  type ValidateInputs,
} from './simulators/comfyui/behaviours/node-behaviour.ts'
export type {
  DynPrompt,
  ExpansionNode,
  GraphBuilder,
  GraphInput,
  GraphLink,
  NodeInputs,
  NodeOutput,
  NodeReturn,
  NodeServer,
  ProgressTick,
  PyLike,
  RunningNode,
  SavedFile,
  SaveOptions,
  ServerFile,
} from './simulators/comfyui/behaviours/running-node.ts'
export type { Preview } from './simulators/comfyui/execute/node-runner.ts'
export type { Value } from './simulators/comfyui/execute/value.ts'
export type { FileContent } from './simulators/comfyui/files/file-content.ts'
export type { FileType } from './simulators/comfyui/files/folder-paths.ts'
export { pyStr } from './simulators/comfyui/python/format.ts'
export { type Py, type PyDict, PythonError } from './simulators/comfyui/python/py.ts'
export type { Colour } from './simulators/media/colour.ts'
export type { ImageSequence } from './simulators/media/image-sequence.ts'
export type { ServiceName, SimulatedService, Simulator, SocketEnd } from './simulators/simulator.ts'
