import { isJson } from './exact-json.ts'
import { keptMembers } from './kept-members.ts'

/**
 * JSON of an address (its path) with only the strings that `keptMembers` lists; the others become `{{redacted:<member>}}`. Names,
 * numbers, true, false, null, empty strings and the layout stay. What is no JSON stays whole.
 */
export function redactJson(text: string, path: string): string {
  if (!isJson(text)) return text
  const isKept = keptAt(path)
  const open: Array<{ readonly list: boolean; readonly at: readonly string[] }> = []
  let key = ''
  return text.replaceAll(tokens, (token, colon: string | undefined) => {
    const parent = open.at(-1)
    if (colon !== undefined) {
      key = token.slice(1, token.lastIndexOf('"'))
      return token
    }
    const at = parent === undefined ? [] : parent.list ? parent.at : [...parent.at, key]
    if (token === '{' || token === '[') open.push({ list: token === '[', at })
    else if (token === '}' || token === ']') open.pop()
    else if (token !== '""' && !placeholders.test(token) && !isKept(at)) return `"{{redacted:${at.at(-1) ?? 'value'}}}"`
    return token
  })
}

/** A string, with the colon when it is the name of a member; or a bracket. */
const tokens = /"[^"\\]*(?:\\.[^"\\]*)*"(\s*:)?|[{}[\]]/g
const placeholders = /^"\{\{(?:secret|redacted):[^"{}]*\}\}"$/

type Steps = ReadonlyArray<'*' | '**' | ReadonlySet<string>>

const rules = keptMembers.map(([path, members]) => ({ path, members: members.map(stepsOf) }))

function stepsOf(member: string): Steps {
  if (member === '') return []
  return member.split('.').map((step) => (step === '*' || step === '**' ? step : new Set(step.split('|'))))
}

function keptAt(path: string): (at: readonly string[]) => boolean {
  const kept = rules.filter((rule) => rule.path.test(path)).flatMap(({ members }) => members)
  return (at) => kept.some((steps) => matches(steps, at))
}

function matches(steps: Steps, at: readonly string[]): boolean {
  const all = steps.at(-1) === '**'
  if (all ? at.length < steps.length - 1 : at.length !== steps.length) return false
  return steps.every((step, index) => typeof step === 'string' || step.has(at[index] ?? ''))
}
