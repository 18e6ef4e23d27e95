import { execFileSync } from 'node:child_process'
import { expect, it } from 'vitest'
import { pythonRegex } from '../../../../src/simulators/comfyui/python/regex.ts'
import { fc, seed } from '../../../support/seeded.ts'

const flags = { ignoreCase: false, multiline: false, dotAll: false }
const atom = fc.constantFrom(
  ...[
    'a',
    'b',
    'B',
    ' ',
    '.',
    '^',
    '$',
    '\\d',
    '\\w',
    '\\s',
    '\\b',
    '\\.',
    '[ab]',
    '[^a\\d]',
    '[a-c-]',
    '\\n',
    '-',
    '1',
  ],
)
const times = fc.constantFrom(...['', '', '', '*', '+', '?', '*?', '+?', '??', '{2}', '{1,}', '{,2}', '{1,2}'])
const run = (part: fc.Arbitrary<string>) =>
  fc
    .array(fc.tuple(part, times), { minLength: 1, maxLength: 4 })
    .map((parts) => parts.map((each) => each.join('')).join(''))
const group = fc.tuple(fc.constantFrom('(', '(?:', '(?P<n>'), run(atom), fc.constantFrom('', '|', '|b'), times)
const pattern = run(
  fc.oneof(
    atom,
    atom,
    group.map(([open, inside, more, often]) => `${open}${inside}${more})${often}`),
  ),
)
const subject = fc.string({ unit: fc.constantFrom(...'aabBc1 .-\n'), maxLength: 12 })

/** Matches with where they begin, and their groups; null: it is an error. */
const asked = `
import json, re, sys, warnings
warnings.simplefilter("ignore")
def found(case):
    names = {"ignoreCase": re.I, "multiline": re.M, "dotAll": re.S}
    try:
        flags = sum(value for name, value in names.items() if case[1][name])
        return [[m.start(), m.group(0), *m.groups()] for m in re.finditer(case[0], case[2], flags)]
    except re.error:
        return None
print(json.dumps([found(case) for case in json.load(sys.stdin)]))
`

function seen(text: string, more: typeof flags, within: string) {
  const found = pythonRegex(text, more, within)
  if (!found) return null
  const matches = [...within.matchAll(found.regex)].map((match) => [match.index, ...match].map((each) => each ?? null))
  // Only the first of them is known where an empty one was found by preference.
  const isFirstOnly = found.mayPreferEmpty && matches.some(([, whole]) => whole === '')
  return { matches: isFirstOnly ? matches.slice(0, 1) : matches, isFirstOnly }
}

it('finds what Python finds, or says that it does not know', () => {
  const flag = fc.record({ ignoreCase: fc.boolean(), multiline: fc.boolean(), dotAll: fc.boolean() })
  const cases = fc.sample(fc.tuple(pattern, flag, subject), { numRuns: 3_000, seed })
  const told = execFileSync('python3', ['-c', asked], {
    input: JSON.stringify(cases),
    encoding: 'utf8',
    maxBuffer: 2 ** 26,
  })
  const answers: Array<unknown[][] | null> = JSON.parse(told)
  let known = 0
  for (const [index, each] of cases.entries()) {
    const ours = seen(...each)
    if (ours === null) continue
    known += 1
    const theirs = ours.isFirstOnly ? answers[index]?.slice(0, 1) : answers[index]
    expect([each, ours.matches]).toEqual([each, theirs])
  }
  expect(known).toBeGreaterThan(cases.length / 4)
})

it.each([
  '(a)\\1',
  '(?=a)',
  'é',
  '(a*)*',
  '(a|b*)+',
  'a**',
  'a*+',
  '[a',
  '(',
  ')',
  '{2}',
  '\\A',
  '[[]',
  'a{3,2}',
  '(?P<n>a)(?P<n>b)',
  '(?i)a',
])('does not know what Python makes of %s', (text) => {
  expect(pythonRegex(text, flags, 'aa')).toBeNull()
})

it('does not know what characters beyond ASCII are to Python', () => {
  expect(pythonRegex('\\w', flags, 'é')).toBeNull()
})
