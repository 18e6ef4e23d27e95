import { expect, it } from 'vitest'
import { Evidence, evidenceIn, innocentEnd } from '../../src/recording/evidence.ts'
import { redactText } from '../../src/recording/redact-text.ts'
import { shapesIn } from '../../src/recording/secret-shapes.ts'
import { keysOfForms } from '../support/secret-forms.ts'
import { seed } from '../support/seeded.ts'

const forShapes = Evidence.key | Evidence.address | Evidence.dashes

it('sees in a text whatever has the form of a key, wherever in it', () => {
  const places = keysOfForms(3_000).flatMap(({ text }) => [text, `a/${text}`, `a cat,${text}.`, `\u00e9${text}\n`])
  const missed = places.filter((text) => shapesIn(text).length > 0 && (evidenceIn(text) & forShapes) === 0)
  expect(missed, `PR_SEED=${seed}`).toEqual([])
})

it.each([
  ['no more than words', 'a cat on a mat, cinematic lighting', Evidence.none],
  ['the class of a node', 'ImageOnlyCheckpointLoader', Evidence.key | Evidence.long],
  ['the name of a file', 'select_every_nth', Evidence.none],
  ['a prefix without a digit', 'hf_abcdefghijklmn', Evidence.key],
  ['a key in capitals alone', 'AKIAABCDEFGHIJKLMNOP', Evidence.key],
  ['a token in letters alone', 'x/eyJaaaaaaaa.bbbbbbbb.', Evidence.key],
  ['a key of Google behind something else', 'x/AIzaabc-abc-abc-abc', Evidence.key],
  ['base64', 'c2VjcmV0IHRva2VuIGhlcmUhIQ==', Evidence.key | Evidence.long | Evidence.value],
  ['a scheme, and letters alone', 'Bearer BbCdEfGhIjKlMnOpQr', Evidence.scheme],
  ['a scheme before a line end', 'BASIC\nb3R0ZXI6', Evidence.scheme],
  ['a scheme before a space of another kind', 'apikey\u00a0abcdefgh', Evidence.scheme],
  ['a name with a value', 'pin=1', Evidence.value],
  ['an address', 'http://a', Evidence.value | Evidence.address],
  ['an option', '--pin 1', Evidence.dashes],
  ['an escaped letter', 'a%20b', Evidence.percent],
  ['a home', '/home/otter', Evidence.other],
  ['a home elsewhere', 'C:\\Users\\otter', Evidence.value | Evidence.other],
  ['an address in numbers', '10.0.0.1', Evidence.other],
  ['JSON', '{"a"', Evidence.other],
] as const)('tells %s by what is in it', (_, text, evidence) => {
  expect(evidenceIn(text)).toBe(evidence)
})

it('finds the end of a string of JSON that is innocent', () => {
  const end = (json: string) => innocentEnd(json, 1)
  expect(end('"a cat"')).toBe(6)
  expect(end('"a \\"cat\\"\\n on a mat" ')).toBe(21)
  expect(end('"\\u0061 cat"')).toBe(-1)
  expect(end('"a cat')).toBe(-1)
  expect(end('"Bearer" ')).toBe(-1)
  expect(end('"a=b"')).toBe(-1)
})

it('takes credentials out behind any space', () => {
  expect(redactText('BEARER\tFtv8QxJq4rVMhImkxKGIPng6fxWW7phK')).toBe('BEARER\t{{secret:authorization}}')
})
