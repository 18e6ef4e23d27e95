import { type Py, PythonError } from '../python/py.ts'
import { type PythonRegex, pythonRegex } from '../python/regex.ts'
import { defaultRun } from './default-run.ts'
import type { OwnBehaviour } from './own-node.ts'
import type { NodeInputs } from './running-node.ts'

/** undefined: what JavaScript may see in another way, so that it is made up, and said to be. */
const regex = (
  classType: string,
  make: (found: PythonRegex, subject: string, inputs: NodeInputs) => Py | undefined,
): OwnBehaviour => ({
  classType,
  run(inputs, node) {
    const subject = inputs.text('string')
    const flags = {
      ignoreCase: inputs.data('case_insensitive') === undefined || inputs.truth('case_insensitive'),
      multiline: inputs.truth('multiline'),
      dotAll: inputs.truth('dotall'),
    }
    const found = pythonRegex(inputs.text('regex_pattern'), flags, subject)
    const result = found && make(found, subject, inputs)
    return result === undefined || found === null ? defaultRun(inputs, node) : { result: [result] }
  },
})

/** Regular expressions (comfy_extras/nodes_string.py), where both languages read them in the same way. */
export const regexBehaviours: readonly OwnBehaviour[] = [
  regex('RegexMatch', ({ regex: expression }, subject) => expression.test(subject)),
  regex('RegexExtract', extracted),
  regex('RegexReplace', replaced),
]

function extracted(found: PythonRegex, subject: string, inputs: NodeInputs): Py | undefined {
  const mode = inputs.text('mode')
  const index = inputs.number('group_index', 1)
  if (mode.startsWith('First')) {
    const match = found.regex.exec(subject)
    const group = mode === 'First Match' ? 0 : index
    return match && group <= found.groups.length ? (match[group] ?? null) : ''
  }
  const matches = allIn(found, subject)
  if (!matches) return undefined
  // re.findall gives the first group where there are any, and no None.
  if (mode === 'All Matches') return matches.map((match) => match[Math.min(1, found.groups.length)] ?? '').join('\n')
  if (found.groups.length === 0 || index > found.groups.length) return ''
  const texts = matches.map((match) => match[index])
  const missing = texts.indexOf(undefined)
  if (missing < 0) return texts.join('\n')
  throw new PythonError('TypeError', `sequence item ${missing}: expected str instance, NoneType found`)
}

function replaced(found: PythonRegex, subject: string, inputs: NodeInputs): Py | undefined {
  const pieces = templateOf(inputs.text('replace'), found.groups)
  const matches = allIn(found, subject)
  if (!pieces || !matches) return undefined
  const count = inputs.number('count', 0)
  let text = ''
  let at = 0
  for (const match of count === 0 ? matches : matches.slice(0, count)) {
    const made = pieces.map((piece) => (typeof piece === 'string' ? piece : (match[piece] ?? '')))
    text += subject.slice(at, match.index) + made.join('')
    at = match.index + match[0].length
  }
  return text + subject.slice(at)
}

/** null where Python may find more of them. */
function allIn({ regex: expression, mayPreferEmpty }: PythonRegex, subject: string): RegExpExecArray[] | null {
  const matches = [...subject.matchAll(expression)]
  return mayPreferEmpty && matches.some(([whole]) => whole === '') ? null : matches
}

/** Texts, and numbers of groups: `\1`, `\g<2>`, `\g<name>`. null for what is none of these, or no group. */
function templateOf(template: string, groups: readonly string[]): Array<string | number> | null {
  const pieces: Array<string | number> = []
  const parts = template.matchAll(/([^\\]+)|\\\\|\\([nt])|\\([1-9])(?!\d)|\\g<(?:(\d{1,2})|([A-Za-z_]\w*))>|\\/g)
  for (const [whole, plain, control, digit, number, name] of parts) {
    const group = name === undefined ? Number(digit ?? number) : groups.indexOf(name) + 1 || Number.NaN
    if (plain !== undefined) pieces.push(plain)
    else if (whole === '\\\\') pieces.push('\\')
    else if (control !== undefined) pieces.push(control === 'n' ? '\n' : '\t')
    else if (group <= groups.length) pieces.push(group)
    else return null
  }
  return pieces
}
