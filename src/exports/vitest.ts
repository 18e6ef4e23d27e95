/** `prompt-runner/replay` by the name that tests in vitest have known it by. */
export {
  type Replay,
  type ReplayOptions,
  replay,
  type SeenRequest,
  type SeenSocket,
  type SeenWorkflow,
  type UploadRecord,
  type UploadRequest,
} from './replay.ts'
