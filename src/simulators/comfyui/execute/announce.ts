import { dumpJson } from '../python/format.ts'
import { dict, type Py, type PyDict } from '../python/py.ts'
import type { Tick } from './node-runner.ts'
import type { PromptRun } from './prompt-run.ts'

/** `progress_state` goes to the client, or to everybody when the prompt has none. */
export function announceProgressState({ outbox, progress, clientId }: PromptRun): void {
  outbox.send('progress_state', () => progress.json(), clientId)
}

/** `executing` goes to the client of the prompt; when it has none, nobody is told. */
export function announceExecuting({ outbox, prompt, promptId, clientId }: PromptRun, id: string): void {
  if (clientId === null) return
  const message = () => dumpJson(dict({ node: id, display_node: prompt.displayId(id), prompt_id: promptId }))
  outbox.send('executing', message, clientId)
}

/** `executed` with what a node shows goes to the client of the prompt; when it has none, nobody is told. */
export function announceExecuted(
  { outbox, prompt, promptId, clientId }: PromptRun,
  id: string,
  output: PyDict | null,
): void {
  if (clientId === null) return
  const message = () => dumpJson(dict({ node: id, display_node: prompt.displayId(id), output, prompt_id: promptId }))
  outbox.send('executed', message, clientId)
}

/** An ExecutionBlocker with a message: an error to look at, and the prompt goes on. */
export function announceBlocked(run: PromptRun, id: string, classType: string, message: string): void {
  const data = () =>
    dumpJson(
      dict({
        prompt_id: run.promptId,
        node_id: id,
        node_type: classType,
        executed: [...run.executed],
        exception_message: `Execution Blocked: ${message}`,
        exception_type: 'ExecutionBlocked',
        traceback: [],
        current_inputs: [],
        current_outputs: [],
      }),
    )
  run.outbox.send('execution_error', data, run.clientId)
}

/** One progress tick, preview or text of a running node, in the server's order (comfy_execution/progress.py). */
export function announceTick(run: PromptRun, id: string, { progress, preview, text }: Tick): void {
  const { outbox, clientId } = run
  const negotiated = clientId !== null && outbox.takesPreviewMetadata(clientId)
  if (progress) {
    run.progress.update(id, progress.value, progress.max)
    announceProgressState(run)
  }
  if (preview && negotiated) outbox.preview(preview, previewMetadata(run, id, preview.format), clientId)
  if (progress) {
    const { value, max } = progress
    outbox.send('progress', () => dumpJson(dict({ value, max, prompt_id: run.promptId, node: id })), clientId)
  }
  if (preview && !negotiated) outbox.preview(preview, null, clientId)
  if (text !== undefined) outbox.text(id, text)
}

function previewMetadata({ prompt, promptId }: PromptRun, id: string, format: 'jpeg' | 'png'): PyDict {
  const facts: { [key: string]: Py } = {
    node_id: id,
    prompt_id: promptId,
    display_node_id: prompt.displayId(id),
    parent_node_id: prompt.parentOf(id),
    real_node_id: prompt.realId(id),
    image_type: `image/${format}`,
  }
  return dict(facts)
}
