import { parseJson } from '../../simulators/comfyui/python/parse.ts'
import { isDict, type Py } from '../../simulators/comfyui/python/py.ts'
import type { Anchor } from './grammar/anchors.ts'

/** A file on the server, as histories and addresses name it. */
export interface FileName {
  readonly filename: string
  readonly subfolder: string
  readonly type: string
}

/** A prompt that was posted. */
export interface KnownPrompt {
  /** As in the plan; prompts of other programs are counted. */
  readonly job: number
  /** What `POST /prompt` had in it. */
  readonly graph: Py
}

/** Which prompts belong to which jobs, and which files they wrote: what anchors like `GET /view of job 2` are about. */
export class PromptBook {
  /** The job whose prompt was posted last. */
  current: number | null = null
  private count = 0
  private readonly prompts = new Map<string, KnownPrompt>()
  private readonly files = new Map<string, number>()

  /** A `POST /prompt` that was seen; its id, if the client gives one. */
  posting(body: string): KnownPrompt & { readonly promptId: string | null } {
    this.count += 1
    const sent = jsonOf(body)
    const number = member(member(member(sent, 'extra_data'), 'prompt_runner'), 'workflow_id')
    const job = typeof number === 'bigint' ? Number(number) : this.count
    const id = member(sent, 'prompt_id')
    const promptId = typeof id === 'string' ? id : null
    const prompt = { job, graph: member(sent, 'prompt') }
    if (promptId !== null) this.prompts.set(promptId, prompt)
    this.current = job
    return { ...prompt, promptId }
  }

  /** The server's answer, which names the id when the client did not. */
  accepted(prompt: KnownPrompt, answer: string): void {
    const id = member(jsonOf(answer), 'prompt_id')
    if (typeof id === 'string') this.prompts.set(id, prompt)
  }

  jobOf(promptId: string): number | null {
    return this.prompts.get(promptId)?.job ?? null
  }

  /** By what a node of a prompt can be called: its id, its class, its title. */
  namesOf(promptId: string, nodeId: string): string[] {
    const node = member(this.prompts.get(promptId)?.graph ?? null, nodeId)
    const named = [member(node, 'class_type'), member(member(node, '_meta'), 'title')]
    return [nodeId, ...named.filter((name) => typeof name === 'string')]
  }

  /** What `executed` says that a node has written. */
  wrote(promptId: string, output: Py): void {
    const job = this.jobOf(promptId)
    if (job === null || !isDict(output)) return
    for (const entry of [...output.values()].flat()) {
      const [filename, subfolder, type] = ['filename', 'subfolder', 'type'].map((key) => member(entry, key))
      if (typeof filename !== 'string') continue
      this.files.set(keyOf({ filename, subfolder: String(subfolder ?? ''), type: String(type ?? 'output') }), job)
    }
  }

  jobOfFile(file: FileName): number | null {
    return this.files.get(keyOf(file)) ?? null
  }

  filesOf(job: number): FileName[] {
    return [...this.files].filter(([, owner]) => owner === job).map(([key]) => JSON.parse(key))
  }
}

const keyOf = ({ filename, subfolder, type }: FileName) => JSON.stringify({ filename, subfolder, type })

/** As tolerant as the server itself; null for what is no JSON. */
export function jsonOf(text: string): Py {
  try {
    return parseJson(text)
  } catch {
    return null
  }
}

/** null for what has no such member. */
export function member(value: Py, key: string): Py {
  return isDict(value) ? (value.get(key) ?? null) : null
}

/** A message of ComfyUI, by every name that an anchor may have for it. */
export function messageAnchors(type: string, data: Py, book: PromptBook): Anchor[] {
  const promptId = member(data, 'prompt_id')
  const job = typeof promptId === 'string' ? book.jobOf(promptId) : null
  const seen: Anchor[] = [{ kind: 'message', message: type as 'status', job }]
  const node = member(data, 'node')
  if (type === 'executing' && node === null) seen.push({ kind: 'end', job })
  if (type === 'executing' && typeof node === 'string' && typeof promptId === 'string')
    for (const name of book.namesOf(promptId, node)) seen.push({ kind: 'node', node: name, job })
  if (type === 'progress') {
    const [step, of] = [Number(member(data, 'value')), Number(member(data, 'max'))]
    seen.push({ kind: 'step', step, of, job })
  }
  return seen
}
