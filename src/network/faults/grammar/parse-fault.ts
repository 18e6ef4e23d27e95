import { nearest } from '../../../domain/wording.ts'
import { PromptRunnerError } from '../../../errors.ts'
import { type Action, actionForms } from './actions.ts'
import { aliasOf } from './aliases.ts'
import { type Anchor, anchorForms } from './anchors.ts'
import { applies } from './applies.ts'
import { type Fault, misplaced } from './fault.ts'
import type { Form, Misfit } from './form.ts'
import { printAction, printAnchor } from './print-fault.ts'

/**
 * Reads a fault as it is typed: `[after] [2nd] ANCHOR: ACTION[, times N|, always]`. Throws PR_USAGE that says which word is
 * wrong and which was probably meant.
 */
export function parseFault(spec: string): Fault {
  const refuse = (what: string, hint: string) => {
    throw new PromptRunnerError('PR_USAGE', `the fault '${spec}' cannot be read: ${what}`, { hint })
  }
  const [, where = '', what = '', suffix = '', times] = SPEC.exec(spec) ?? []
  if (what === '' || where.trim() === '')
    refuse('it says not both where and what', `write 'ANCHOR: ACTION', ${EXAMPLE}`)
  const { words, nth, after } = place(wordsOf(where))
  const at = read(anchorForms, words) as Anchor | Misfit
  if ('expected' in at) return refuse(...misfitText('anchor', words, at))
  const said = wordsOf(what)
  const action = (whole(aliasOf(said)) ?? read(actionForms, said)) as Action | Misfit
  if ('expected' in action) return refuse(...misfitText('action', said, action))
  const fault = {
    nth,
    at,
    do: action,
    times: suffix === '' ? 1 : times === undefined ? 'always' : Number(times),
  } as const
  const wrong = misplaced(fault)
  if (wrong !== null) refuse(...misplacedText(fault, wrong))
  return { ...fault, after: after && !applies[action.kind].changes }
}

const EXAMPLE = "as in 'POST /prompt of job 3: status 524'; pr --fault help lists both"

/** Where, what, and how often. A colon in a path or in quotes parts nothing. */
const SPEC = /^((?:[^":]|"(?:[^"\\]|\\.)*"|:(?!\s))*):\s+(.*?)(,\s*(?:times\s+([1-9]\d{0,5})|always))?\s*$/s

/** Words, with texts in quotes left whole. */
const wordsOf = (text: string): string[] => text.match(/(?:[^\s"]|"(?:[^"\\]|\\.)*"|")+/g) ?? []

/** `after`, `before` and `2nd` in any order before the anchor, and `socket open 2` for `2nd socket open`. */
function place(all: readonly string[]): { words: readonly string[]; nth: number; after: boolean } {
  let words = all
  let nth = 1
  let after = false
  for (;;) {
    const [first = ''] = words
    const ordinal = /^([1-9]\d{0,5})(?:st|nd|rd|th)$/.exec(first)?.[1]
    if (ordinal !== undefined) nth = Number(ordinal)
    else if (first === 'after') after = true
    else if (first !== 'before') break
    words = words.slice(1)
  }
  const [socket, open, number = '', ...rest] = words
  const isCounted = socket === 'socket' && open === 'open' && /^[1-9]\d{0,5}$/.test(number) && rest.length === 0
  return isCounted ? { words: [socket, open], nth: Number(number), after } : { words, nth, after }
}

/** What the words say in one of the forms, or how far they fit into those that they fit best. */
function read(
  forms: ReadonlyArray<{ readonly kind: string; readonly form: Form }>,
  words: readonly string[],
): { readonly kind: string } | Misfit {
  let best: Misfit = { at: 0, expected: [] }
  for (const { kind, form } of forms) {
    const found = form.read(words)
    if ('said' in found) return { kind, ...found.said }
    if (found.at > best.at) best = found
    else if (found.at === best.at) best = { at: best.at, expected: [...best.expected, ...found.expected] }
  }
  return best
}

/** An alias says nothing of most slots. */
function whole(action: Partial<Action> | null): Action | null {
  const form = action && actionForms.find(({ kind }) => kind === action.kind)?.form
  if (!form) return null
  const nothing = Object.fromEntries(Object.keys(form.schema.shape).map((name) => [name, null]))
  return { ...nothing, ...action } as Action
}

function misfitText(what: 'anchor' | 'action', words: readonly string[], { at, expected }: Misfit): [string, string] {
  const legal = [...new Set(expected)]
  const shown = legal.map((word) => (word.startsWith('<') ? word.slice(1, -1) : `"${word}"`)).join(', ')
  const word = words[at]
  const guess =
    word === undefined
      ? null
      : nearest(
          word,
          legal.filter((one) => !one.startsWith('<')),
        )
  const hint = guess ? `did you mean "${guess}"?` : EXAMPLE.replace('as in', 'an example is')
  if (at === 0) return [`no ${what} begins with "${word}"`, hint]
  const before = `behind "${words.slice(0, at).join(' ')}"`
  if (legal.length === 0) return [`"${word}" is too much ${before}`, hint]
  return [`${before} comes ${shown}, and not ${word === undefined ? 'the end' : `"${word}"`}`, hint]
}

function misplacedText({ at, do: action }: Pick<Fault, 'at' | 'do'>, wrong: 'anchor' | 'request'): [string, string] {
  const { at: kinds, only = [] } = applies[action.kind]
  const places =
    wrong === 'request' ? only : anchorForms.filter(({ kind }) => kinds.includes(kind)).map(({ form }) => form.shown)
  return [`"${printAction(action)}" cannot be done at "${printAnchor(at)}"`, `it can be done at: ${places.join(', ')}`]
}
