import type { Py } from '../../simulators/comfyui/python/py.ts'
import type { Anchor } from './grammar/anchors.ts'
import { member, type PromptBook } from './prompt-book.ts'

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
