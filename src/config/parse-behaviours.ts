import { nearest } from '../domain/wording.ts'
import type { NodeBehaviour } from '../simulators/comfyui/behaviours/node-behaviour.ts'
import type { Parser } from './parse-value.ts'

const MEMBERS: Readonly<Record<keyof NodeBehaviour, string>> = {
  classType: 'string',
  inputTypes: 'object',
  returnTypes: 'object',
  returnNames: 'object',
  outputIsList: 'object',
  outputNode: 'boolean',
  inputIsList: 'boolean',
  isAsync: 'boolean',
  semaphore: 'number',
  functionName: 'string',
  parameters: 'object',
  kwargs: 'boolean',
  validateInputs: 'object',
  socketTypes: 'object',
  isChanged: 'function',
  checkLazyStatus: 'function',
  progress: 'function',
  durationMs: 'function',
  run: 'function',
}

/** A list of behaviours, each of another class. */
export const behaviourList: Parser<readonly NodeBehaviour[]> = (raw) => {
  if (!Array.isArray(raw)) return { wrong: 'must be a list of behaviours' }
  const seen = new Set<unknown>()
  for (const each of raw) {
    const wrong = faultOf(each) ?? (seen.has(each.classType) ? `must have one behaviour of ${each.classType}` : null)
    if (wrong !== null) return { wrong }
    seen.add(each.classType)
  }
  return { value: raw }
}

function faultOf(behaviour: unknown): string | null {
  const named = typeof behaviour === 'object' && behaviour !== null && 'classType' in behaviour && behaviour.classType
  if (typeof named !== 'string' || named === '') return 'must be a list of behaviours, each with a classType'
  for (const [key, value] of Object.entries(behaviour as object)) {
    const type = MEMBERS[key as keyof NodeBehaviour]
    const meant = nearest(key, Object.keys(MEMBERS))
    if (type === undefined) {
      return `must hold what behaviours have: ${named} has ${key}${meant === null ? '' : `, did you mean ${meant}?`}`
    }
    const article = type === 'object' ? 'an' : 'a'
    if (value !== undefined && typeof value !== type) return `must hold ${article} ${type} as ${key} of ${named}`
  }
  return null
}
